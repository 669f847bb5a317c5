"""Whoever calls shows who he is: the real API server does, and is answered; nobody else is."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from release import DENIED, release

from admission.cli.demo.plane import ControlPlane

pytestmark = pytest.mark.cluster


def test_only_the_api_server_is_answered(plane: ControlPlane, tmp_path: Path) -> None:
    """With ``tls.clientCA`` the API server shows its certificate at every call; a connection without one ends."""
    with release(plane, tmp_path, "callers", tls={"clientCA": plane.credentials.file("callers.crt")}) as ours:
        replica = ours.start()
        ours.until_ready()
        ours.until_asked()
        good, bad = ours.try_good(), ours.try_bad()
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with pytest.raises((urllib.error.URLError, ConnectionError)) as refused:
            urllib.request.urlopen(f"https://127.0.0.1:{replica.port}/validate", b"{}", timeout=30, context=context)

    assert "created" in good.stdout
    assert DENIED in bad.stderr
    # An answer of HTTP would be one of URLError, too.
    assert not isinstance(refused.value, urllib.error.HTTPError)
