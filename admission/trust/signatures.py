"""
Detached signatures over what a template says (``argo-admission.io/signatures``, interfaces.md 7).

Signed is a statement: kind and name of the object, and the sha256 of its canonical spec. So a signature is of no use
on another template, stays good in every namespace, and nothing but the spec can break it: labels, annotations and
further signatures may come and go. Several signatures stand beside each other, so that keys can be rotated.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import orjson
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from admission.errors import ConfigurationError
from admission.model.annotations import SIGNATURES, annotated, entries
from admission.model.document import Document, annotations_of, name_of, text
from admission.model.path import Path
from admission.trust.digest import canonical, digest

PLACE = Path(("metadata", "annotations", SIGNATURES))

#: Signatures of one object that are looked at: two keys while rotating, for a handful of signers.
MOST = 16

PrivateKey: TypeAlias = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey
PublicKey: TypeAlias = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey

#: The hash that belongs to a curve, by its size (RFC 5758); Ed25519 has its own.
_HASHES: Mapping[int, hashes.HashAlgorithm] = {256: hashes.SHA256(), 384: hashes.SHA384(), 521: hashes.SHA512()}


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature: *key* is what its signer calls the key, which proves nothing by itself."""

    key: str
    algorithm: str
    signature: str

    def as_json(self) -> Document:
        return {"key": self.key, "algorithm": self.algorithm, "signature": self.signature}


def private_key(pem: bytes, password: bytes | None = None) -> PrivateKey:
    """The key in *pem*; ``ConfigurationError`` where it is none of ours."""
    try:
        key = serialization.load_pem_private_key(pem, password)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigurationError(f"not a private key in PEM: {_sentence(error)}") from error
    if isinstance(key, ed25519.Ed25519PrivateKey) or (
        isinstance(key, ec.EllipticCurvePrivateKey) and key.key_size in _HASHES
    ):
        return key
    raise ConfigurationError("not a key of Ed25519, or of ECDSA over P-256, P-384 or P-521")


def public_key(pem: str) -> PublicKey:
    """The public key in *pem*; ``ConfigurationError`` where it is none of ours."""
    try:
        return _public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ConfigurationError(f"not a public key in PEM: {_sentence(error)}") from error


def _sentence(error: Exception) -> str:
    """The first sentence of what the library says; links to its own pages come after it."""
    return str(error).partition(". ")[0]


@lru_cache(maxsize=256)
def _public_key(pem: str) -> PublicKey:
    key = serialization.load_pem_public_key(pem.encode())
    if isinstance(key, ed25519.Ed25519PublicKey) or (
        isinstance(key, ec.EllipticCurvePublicKey) and key.key_size in _HASHES
    ):
        return key
    raise ValueError("it is neither of Ed25519, nor of ECDSA over P-256, P-384 or P-521")


def statement(document: Document) -> bytes:
    """What is signed of *document*."""
    name = name_of(document)
    return canonical({"kind": text(document.get("kind")), "name": name, "spec": digest(document)})


def sign(document: Document, key: PrivateKey, name: str) -> Signature:
    """A signature of *document* by the key that is called *name*."""
    said = statement(document)
    if isinstance(key, ed25519.Ed25519PrivateKey):
        algorithm, made = "ed25519", key.sign(said)
    else:
        hashed = _HASHES[key.key_size]
        algorithm, made = f"ecdsa-{hashed.name}", key.sign(said, ec.ECDSA(hashed))
    return Signature(name, algorithm, base64.b64encode(made).decode())


def signed(document: Document, new: Iterable[Signature]) -> Document:
    """*document* with these signatures, each in the place of one by a key of that name, and of those that are wrong."""
    ours = list(new)
    replaced = {each.key for each in ours}
    kept = [each for each in signatures(document) if each.key not in replaced]
    written = orjson.dumps([each.as_json() for each in (*kept, *ours)]).decode()
    return annotated(document, {SIGNATURES: written})


def signatures(document: Document) -> list[Signature]:
    """The signatures that *document* has, good or not; what is not of their form counts as absent."""
    said = entries(document, SIGNATURES)[:MOST]
    found = (Signature(text(e.get("key")), text(e.get("algorithm")), text(e.get("signature"))) for e in said)
    return [each for each in found if each.signature]


def is_signed(document: Document) -> bool:
    """Whether *document* has an annotation of signatures."""
    return SIGNATURES in annotations_of(document)


def signers(document: Document, keys: Mapping[str, str]) -> frozenset[str]:
    """
    Those of *keys*, public keys in PEM by name, that have signed *document*.

    A name in a signature is only a hint: a key counts by what it verifies, whatever the signer called it. The same key
    under two names is one. ``ConfigurationError`` where a key cannot be read.
    """
    if not is_signed(document):
        return frozenset()
    return _signers(statement(document), tuple(signatures(document)), tuple(sorted(keys.items())))


@lru_cache(maxsize=4096)
def _signers(said: bytes, given: tuple[Signature, ...], keys: tuple[tuple[str, str], ...]) -> frozenset[str]:
    """Remembered, because a template is asked about for every Workflow that uses it, and rarely changes."""
    return frozenset(_verifying(given, said, {name: public_key(pem) for name, pem in keys}))


def _verifying(given: tuple[Signature, ...], said: bytes, keys: Mapping[str, PublicKey]) -> Iterator[str]:
    seen: set[bytes] = set()
    for name, key in sorted(keys.items()):
        raw = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        # First those that name this key, so that usually one verification is enough.
        if raw not in seen and any(_verifies(each, said, key) for each in sorted(given, key=lambda s: s.key != name)):
            seen.add(raw)
            yield name


def _verifies(signature: Signature, said: bytes, key: PublicKey) -> bool:
    try:
        raw = base64.b64decode(signature.signature, validate=True)
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(raw, said)
        else:
            key.verify(raw, said, ec.ECDSA(_HASHES[key.key_size]))
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
