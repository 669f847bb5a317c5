"""Image references."""

import pytest

from admission.policy.cel.image import image

DIGEST = "sha256:" + "0" * 64

REFERENCES = [
    ("alpine", ("docker.io", "library/alpine", "", "")),
    ("alpine:3.20", ("docker.io", "library/alpine", "3.20", "")),
    ("docker/whalesay", ("docker.io", "docker/whalesay", "", "")),
    ("docker.io/alpine", ("docker.io", "library/alpine", "", "")),
    ("index.docker.io/library/alpine", ("docker.io", "library/alpine", "", "")),
    ("quay.io/argoproj/argosay:v2", ("quay.io", "argoproj/argosay", "v2", "")),
    ("registry.corp:5000/a/b", ("registry.corp:5000", "a/b", "", "")),
    ("registry.corp:5000/a/b:1", ("registry.corp:5000", "a/b", "1", "")),
    ("localhost/a", ("localhost", "a", "", "")),
    ("corp/a", ("docker.io", "corp/a", "", "")),
    ("Corp/a", ("corp", "a", "", "")),
    ("[::1]:5000/a", ("[::1]:5000", "a", "", "")),
    (f"ghcr.io/a/b@{DIGEST}", ("ghcr.io", "a/b", "", DIGEST)),
    (f"ghcr.io/a/b:1@{DIGEST}", ("ghcr.io", "a/b", "1", DIGEST)),
    ("registry.evil.example/registry.corp/a", ("registry.evil.example", "registry.corp/a", "", "")),
    ("QUAY.IO/a/b", ("quay.io", "a/b", "", "")),
]


@pytest.mark.parametrize(("text", "expected"), REFERENCES, ids=[text for text, _ in REFERENCES])
def test_reference(text, expected):
    """A reference is read as container runtimes read it."""
    found = image(text)

    assert found.pop("valid") is True
    assert expected == tuple(found.values())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "alpine:",
        ":1",
        "a//b",
        "quay.io/",
        "quаy.io/a",
        "registry.corp /a",
        "https://quay.io/a",
        "quay.io@evil.example/a",
        "quay.io/a@sha256:0",
        "quay.io/A",
        "quay.io/a:b:c",
        "quay.io/a\n",
        "../a",
        "-quay.io/a",
        "{{inputs.parameters.image}}",
    ],
)
def test_no_reference(text):
    """What is no reference has no registry, so that no list of registries holds it."""
    assert {"valid": False, "registry": "", "repository": "", "tag": "", "digest": ""} == image(text)
