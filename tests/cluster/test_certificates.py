"""Certificates of our own making."""

from __future__ import annotations

import ssl
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from admission.cluster.certificates import Kept, authority, expires, leaf

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


def test_what_is_kept_is_used_again(tmp_path: Path) -> None:
    """The pair of an earlier start is served as long as it lasts, and only we can read its key."""
    kept = Kept(tmp_path / "tls", ("hook.test",))
    first, second = kept.current(NOW), kept.current(NOW + timedelta(days=59))

    assert first == second
    assert 0o600 == (tmp_path / "tls" / "tls.key").stat().st_mode & 0o777


def test_a_leaf_is_made_anew_before_it_ends(tmp_path: Path) -> None:
    """A month before its end the leaf is made anew by the same authority; so it is when the names change."""
    kept = Kept(tmp_path, ("hook.test",))
    first = kept.current(NOW)
    ca = (tmp_path / "ca.crt").read_bytes()
    later = kept.current(NOW + timedelta(days=61))
    other = Kept(tmp_path, ("other.test",)).current(NOW)

    assert 3 == len({first, later, other})
    assert expires(later.certificate) > expires(first.certificate)
    assert ca == (tmp_path / "ca.crt").read_bytes()
    ssl.create_default_context(cadata=ca.decode())


def test_an_authority_is_made_anew_before_it_ends(tmp_path: Path) -> None:
    """With a new authority comes a new leaf."""
    kept = Kept(tmp_path, ("hook.test",))
    kept.current(NOW)
    ca = (tmp_path / "ca.crt").read_bytes()
    kept.current(NOW + timedelta(days=3640))

    assert ca != (tmp_path / "ca.crt").read_bytes()
