"""``argo-admission sign`` and ``verify``."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from cli_manifests import GOOD, Run
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from admission.cli.sign import PASSWORD

TEMPLATE = """\
# What builds.
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: build}
spec:
  entrypoint: main
  templates:
  - {name: main, container: {image: "alpine:3.20"}}
"""


def key(folder: Path, name: str, *, curve: bool = False, password: bytes | None = None) -> tuple[Path, Path]:
    """The files of a new private and its public key."""
    made = ec.generate_private_key(ec.SECP256R1()) if curve else ed25519.Ed25519PrivateKey.generate()
    locked = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    private, public = folder / f"{name}.pem", folder / f"{name}.pub"
    private.write_bytes(made.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked))
    public.write_bytes(
        made.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return private, public


@pytest.fixture
def template(tmp_path: Path) -> Path:
    file = tmp_path / "build.yaml"
    file.write_text(TEMPLATE)
    return file


def test_signed_and_verified(run: Run, tmp_path: Path, template: Path) -> None:
    """What was signed by a key is verified by it, whatever the key is called; anything else is not."""
    private, public = key(tmp_path, "release")
    _, other = key(tmp_path, "other", curve=True)
    signed = run("sign", "--key", private, template)

    assert 0 == signed.exit_code
    assert 0 == run("verify", "--key", f"ours={public}", "-", input=signed.stdout).exit_code
    assert 1 == run("verify", "--key", other, "-", input=signed.stdout).exit_code
    assert 1 == run("verify", "--key", public, template).exit_code
    changed = signed.stdout.replace("alpine:3.20", "alpine:latest")
    assert 1 == run("verify", "--key", public, "-", input=changed).exit_code


def test_both_keys_while_rotating(run: Run, tmp_path: Path, template: Path) -> None:
    """A second key signs beside the first; one may be enough, or both needed."""
    (old, old_public), (new, new_public) = key(tmp_path, "2025"), key(tmp_path, "2026", curve=True)
    once = run("sign", "--key", old, template).stdout
    twice = run("sign", "--key", new, "-", input=once).stdout
    both = ("--key", str(old_public), "--key", str(new_public))

    assert 0 == run("verify", *both, "-", input=once).exit_code
    assert 1 == run("verify", *both, "--needed", "2", "-", input=once).exit_code
    assert 0 == run("verify", *both, "--needed", "2", "-", input=twice).exit_code


def test_in_place(run: Run, tmp_path: Path, template: Path) -> None:
    """Files are written anew, and say the same besides; what has no template in it is left alone."""
    private, public = key(tmp_path, "release")
    other = tmp_path / "workflow.yaml"
    other.write_text(GOOD)
    result = run("sign", "--key", private, "--in-place", template, other)
    found = yaml.safe_load(template.read_text())
    annotations = found["metadata"].pop("annotations")

    assert 0 == result.exit_code
    assert yaml.safe_load(TEMPLATE) == found
    assert ["argo-admission.io/signatures"] == list(annotations)
    assert GOOD == other.read_text()
    assert 0 == run("verify", "--key", public, tmp_path / "build.yaml").exit_code


def test_a_key_with_a_password(run: Run, tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The password comes from the environment, and without it nothing is signed."""
    private, public = key(tmp_path, "release", password=b"secret")

    assert 2 == run("sign", "--key", private, template).exit_code
    monkeypatch.setenv(PASSWORD, "secret")
    signed = run("sign", "--key", private, template)
    assert 0 == run("verify", "--key", public, "-", input=signed.stdout).exit_code


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("sign", "--key", "none.pem", "build.yaml"), "none.pem"),
        (("sign", "--key", "build.yaml", "build.yaml"), "build.yaml: not a private key"),
        (("verify", "--key", "build.yaml", "build.yaml"), "build.yaml: not a public key"),
        (("verify", "--key", "release.pub"), "--cluster"),
        (("sign", "--key", "release.pem", "good.yaml"), "no template"),
        (("verify", "--key", "release.pub", "good.yaml"), "no template"),
        (("sign", "--key", "release.pem", "nameless.yaml"), "without a name"),
        (("sign", "--key", "release.pem", "broken.yaml"), "broken.yaml"),
    ],
)
def test_questions_that_cannot_be_asked(
    run: Run, tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    """What is missing, or is not what it should be, is said, with exit status 2."""
    key(tmp_path, "release")
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "nameless.yaml").write_text(TEMPLATE.replace("name: build", "generateName: build-"))
    (tmp_path / "broken.yaml").write_text("a: [")
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)

    assert 2 == result.exit_code
    assert said in result.stderr
