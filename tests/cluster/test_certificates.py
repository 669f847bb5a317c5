"""Certificates of our own making."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from admission.cluster.certificates import authority, leaf, trusts, union, within

NOW = datetime.now(UTC)


def test_openssl_believes_a_leaf(tmp_path: Path) -> None:
    """A leaf is good for its names, by its authority, and for nothing else."""
    ca = authority("tests")
    made = leaf(ca, ["hook.test", "127.0.0.1", "::1"])
    (tmp_path / "ca").write_bytes(ca.certificate)
    (tmp_path / "leaf").write_bytes(made.certificate)
    verify = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", str(tmp_path / "ca")]

    for name, good in (
        (["-verify_hostname", "hook.test"], True),
        (["-verify_ip", "::1"], True),
        (["-verify_hostname", "x"], False),
    ):
        done = subprocess.run([*verify, *name, str(tmp_path / "leaf")], capture_output=True, text=True)
        assert good == (done.returncode == 0), done.stderr


def test_a_bundle_is_made_of_what_counts() -> None:
    """Certificates of several bundles, each once; of later ones only what is not over."""
    one, other = authority("one", now=NOW), authority("other", now=NOW - timedelta(days=400))
    both = union(one.certificate, one.certificate + other.certificate, now=NOW)

    assert one.certificate == both
    assert within(one.certificate, one.certificate + other.certificate)
    assert not within(one.certificate + other.certificate, one.certificate)


def test_who_is_trusted() -> None:
    """A leaf is trusted by whoever trusts its authority, also by way of a certificate between them."""
    root, stranger = authority("root"), authority("stranger")
    made = leaf(root, ["hook.test"])

    assert trusts(stranger.certificate + root.certificate, made.certificate)
    assert trusts(root.certificate, made.certificate + root.certificate)
    assert not trusts(stranger.certificate, made.certificate)
    assert not trusts(b"", made.certificate)
