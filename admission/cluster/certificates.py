"""Certificates: an authority of our own and the serving certificate by it, and what there is to know of any."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

#: Clocks of API servers differ a little from ours.
_SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and its key (ECDSA P-256), as PEM."""

    certificate: bytes
    key: bytes


def authority(name: str, *, now: datetime | None = None, days: float = 365) -> Certificate:
    """A new certification authority that may sign nothing but leaves."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(_name(name), key.public_key(), now, days).issuer_name(_name(name))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(signs=True), critical=True)
    return _signed(builder, key, key, key.public_key())


def leaf(issuer: Certificate, hosts: Sequence[str], *, now: datetime | None = None, days: float = 90) -> Certificate:
    """A serving certificate by *issuer* for these host names and addresses."""
    names = x509.SubjectAlternativeName([_host(host) for host in hosts])
    both = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    return _leaf(issuer, _name(hosts[0]), both, names, now, days)


def client(issuer: Certificate, user: str, groups: Sequence[str] = ()) -> Certificate:
    """A certificate by *issuer* for *user* in *groups*, as Kubernetes reads them from its subject."""
    attributes = [(NameOID.COMMON_NAME, user), *((NameOID.ORGANIZATION_NAME, group) for group in groups)]
    subject = x509.Name([x509.NameAttribute(kind, value) for kind, value in attributes])
    return _leaf(issuer, subject, [ExtendedKeyUsageOID.CLIENT_AUTH], None, None, 30)


def expires(certificate: bytes) -> datetime:
    """When the first certificate in this PEM ends; ValueError where there is none."""
    return x509.load_pem_x509_certificate(certificate).not_valid_after_utc


def lasts(certificate: bytes) -> timedelta:
    """How long the first certificate in this PEM, one of ours, is good for from when it was made."""
    found = x509.load_pem_x509_certificate(certificate)
    return found.not_valid_after_utc - found.not_valid_before_utc - _SKEW


def names(certificate: bytes) -> frozenset[str]:
    """The host names and addresses that the first certificate in this PEM is good for."""
    found = x509.load_pem_x509_certificate(certificate)
    alternative = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return frozenset(str(name.value) for name in alternative)


def trusts(bundle: bytes, chain: bytes) -> bool:
    """Whether whoever trusts *bundle* trusts *chain*, a certificate and what leads from it to an authority."""
    authorities = _all(bundle)
    links = x509.load_pem_x509_certificates(chain)
    for issued, issuer in pairwise(links):
        if any(_issued(issued, each) for each in authorities):
            return True
        if not _issued(issued, issuer):
            return False
    return any(_issued(links[-1], each) for each in authorities)


def union(bundle: bytes, *others: bytes, now: datetime) -> bytes:
    """The certificates of all, each once, those of *bundle* first; of *others* without what is over."""
    lasting = [each for other in others for each in _all(other) if each.not_valid_after_utc > now]
    found = dict.fromkeys(each.public_bytes(serialization.Encoding.PEM) for each in [*_all(bundle), *lasting])
    return b"".join(found)


def within(bundle: bytes, wider: bytes) -> bool:
    """Whether *wider* has all the certificates of *bundle*."""
    return set(_all(bundle)) <= set(_all(wider))


def matches(made: Certificate) -> bool:
    """Whether key and certificate belong together; ValueError where one of them cannot be read."""
    key = serialization.load_pem_private_key(made.key, None)
    return bool(key.public_key() == x509.load_pem_x509_certificate(made.certificate).public_key())


def _all(bundle: bytes) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(bundle) if bundle.strip() else []


def _issued(issued: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        issued.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _leaf(
    issuer: Certificate,
    subject: x509.Name,
    purposes: Sequence[x509.ObjectIdentifier],
    names: x509.SubjectAlternativeName | None,
    now: datetime | None,
    days: float,
) -> Certificate:
    """A certificate by *issuer* for *purposes*, which signs no others."""
    key = ec.generate_private_key(ec.SECP256R1())
    parent = x509.load_pem_x509_certificate(issuer.certificate)
    parent_key = serialization.load_pem_private_key(issuer.key, None)
    assert isinstance(parent_key, ec.EllipticCurvePrivateKey), "authorities are made by authority()"
    builder = _builder(subject, key.public_key(), now, days).issuer_name(parent.subject)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    if names is not None:
        builder = builder.add_extension(names, critical=False)
    builder = builder.add_extension(_usage(signs=False), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    return _signed(builder, key, parent_key, parent_key.public_key())


def _builder(
    subject: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime | None, days: float
) -> x509.CertificateBuilder:
    start = now or datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start - _SKEW)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _signed(
    builder: x509.CertificateBuilder,
    key: ec.EllipticCurvePrivateKey,
    issuer: ec.EllipticCurvePrivateKey,
    issuer_public: ec.EllipticCurvePublicKey,
) -> Certificate:
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_public)
    made = builder.add_extension(identifier, critical=False).sign(issuer, hashes.SHA256())
    pem, pkcs8, clear = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return Certificate(made.public_bytes(pem), key.private_bytes(pem, pkcs8, clear))


def _name(name: str) -> x509.Name:
    # A common name has at most 64 characters; the names that count are the alternative ones.
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
