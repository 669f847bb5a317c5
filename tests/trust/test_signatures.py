"""Signatures over what templates say."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from trusting import leaf, obj

from admission.errors import ConfigurationError
from admission.model.annotations import SIGNATURES
from admission.model.document import Document
from admission.trust import signatures
from admission.trust.signatures import PrivateKey, private_key, public_key, sign, signed, signers

OLD, NEW = ed25519.Ed25519PrivateKey.generate(), ed25519.Ed25519PrivateKey.generate()
TEMPLATE = obj("WorkflowTemplate", "build", {"entrypoint": "main", "templates": [{**leaf("main"), "parallelism": 1}]})


def pem(key: PrivateKey) -> str:
    made = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return made.decode()


def by(*keys: tuple[str, PrivateKey], document: Document = TEMPLATE) -> Document:
    return signed(document, [sign(document, key, name) for name, key in keys])


@pytest.mark.parametrize(
    "key",
    [OLD, *(ec.generate_private_key(curve) for curve in (ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()))],
    ids=["Ed25519", "P-256", "P-384", "P-521"],
)
def test_keys(key: PrivateKey) -> None:
    """Every kind of key signs and verifies, and read from PEM it is the same."""
    kept = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    document = by(("release", private_key(kept)))

    assert {"release"} == signers(document, {"release": pem(key), "other": pem(NEW)})


@pytest.mark.parametrize(
    ("changed", "good"),
    [
        ({"spec": {**TEMPLATE["spec"], "entrypoint": "other"}}, False),
        ({"spec": {**TEMPLATE["spec"], "priority": 1}}, False),
        ({"kind": "ClusterWorkflowTemplate"}, False),
        ({"metadata": {"name": "deploy"}}, False),
        ({"metadata": {"name": "build", "namespace": "prod", "labels": {"a": "b"}, "resourceVersion": "7"}}, True),
        (
            {
                "spec": {
                    "templates": [{"container": {"image": "alpine:3.20"}, "parallelism": 1.0, "name": "main"}],
                    "entrypoint": "main",
                }
            },
            True,
        ),
        ({"status": {"x": 1}}, True),
    ],
    ids=["spec", "more spec", "kind", "name", "other metadata", "another order and notation", "status"],
)
def test_what_is_signed(changed: Document, good: bool) -> None:
    """The spec, the kind and the name are; metadata is not, nor how it is written."""
    document = by(("release", OLD))
    annotations = document["metadata"]["annotations"]
    other = {**document, **changed}
    other["metadata"] = {**other["metadata"], "annotations": annotations}

    assert good == bool(signers(other, {"release": pem(OLD)}))


def test_rotation() -> None:
    """Two keys live at once: both sign, either is enough; a new signature takes the place of the old of its name."""
    both = by(("2025", OLD), ("2026", NEW))

    assert {"2025", "2026"} == signers(both, {"2025": pem(OLD), "2026": pem(NEW)})
    assert {"2026"} == signers(both, {"2026": pem(NEW)})
    assert {"2026"} == signers(signed(both, [sign(both, NEW, "2025")]), {"2025": pem(OLD), "2026": pem(NEW)})


def test_names_prove_nothing() -> None:
    """A key counts by what it verifies: not by the name in a signature, and under two names only once."""
    document = by(("release", NEW))

    assert frozenset() == signers(document, {"release": pem(OLD)})
    assert {"a"} == signers(document, {"a": pem(NEW), "b": pem(NEW)})


@pytest.mark.parametrize(
    "said",
    [
        "",
        "{",
        "[]",
        "{}",
        "[1]",
        '[{"key": "release"}]',
        '[{"key": "release", "signature": "no base64"}]',
        '[{"signature": "AAAA"}]',
    ],
)
def test_signatures_that_are_none(said: str) -> None:
    """What is no signature is none; nothing is raised for it."""
    document = {**TEMPLATE, "metadata": {"name": "build", "annotations": {SIGNATURES: said}}}

    assert frozenset() == signers(document, {"release": pem(OLD)})


def test_keys_that_are_none() -> None:
    """What is no key, or one of a kind that we do not take, is said to be that."""
    other: Any = rsa.generate_private_key(65537, 2048)
    kept = other.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )

    for wrong in ("", "x", pem(other)):
        with pytest.raises(ConfigurationError):
            public_key(wrong)
    for wrong in (b"", kept):
        with pytest.raises(ConfigurationError):
            private_key(wrong)


def test_the_annotation_is_json() -> None:
    """The annotation is a JSON list of key, algorithm and signature, and other annotations stay."""
    document = {**TEMPLATE, "metadata": {"name": "build", "annotations": {"a": "b"}}}
    annotations = by(("release", OLD), document=document)["metadata"]["annotations"]
    [entry] = json.loads(annotations[SIGNATURES])

    assert ("b", "release", "ed25519") == (annotations["a"], entry["key"], entry["algorithm"])
    assert {"key", "algorithm", "signature"} == entry.keys()


def test_a_flood_of_signatures_is_bounded() -> None:
    """More signatures than anybody needs cost nothing: only the first ones are looked at."""
    document = signed(TEMPLATE, [signatures.Signature(f"k{index}", "ed25519", "AAAA") for index in range(1000)])

    assert signatures.MOST == len(signatures.signatures(document))
