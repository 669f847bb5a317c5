"""Certificates for those who bring none: a certification authority of our own, and the serving certificate by it."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

#: Clocks of API servers differ a little from ours.
_SKEW = timedelta(minutes=5)

#: How long before its end a certificate is made anew.
_RENEW = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and its key (ECDSA P-256), as PEM."""

    certificate: bytes
    key: bytes


def authority(name: str, *, now: datetime | None = None, days: int = 365) -> Certificate:
    """A new certification authority that may sign nothing but leaves."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(name, key.public_key(), now, days).issuer_name(_name(name))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(signs=True), critical=True)
    return _signed(builder, key, key, key.public_key())


def leaf(issuer: Certificate, hosts: Sequence[str], *, now: datetime | None = None, days: int = 90) -> Certificate:
    """A serving certificate by *issuer* for these host names and addresses."""
    key = ec.generate_private_key(ec.SECP256R1())
    parent = x509.load_pem_x509_certificate(issuer.certificate)
    parent_key = serialization.load_pem_private_key(issuer.key, None)
    assert isinstance(parent_key, ec.EllipticCurvePrivateKey), "authorities are made by authority()"
    builder = _builder(hosts[0], key.public_key(), now, days).issuer_name(parent.subject)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(x509.SubjectAlternativeName([_host(host) for host in hosts]), critical=False)
    builder = builder.add_extension(_usage(signs=False), critical=True)
    both = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    builder = builder.add_extension(x509.ExtendedKeyUsage(both), critical=False)
    return _signed(builder, key, parent_key, parent_key.public_key())


def expires(certificate: bytes) -> datetime:
    """When the first certificate in this PEM ends; ValueError where there is none."""
    return x509.load_pem_x509_certificate(certificate).not_valid_after_utc


@dataclass(frozen=True)
class Kept:
    """An authority and a leaf for *hosts* in *folder*: made when there are none, and the leaf anew before it ends."""

    folder: Path
    hosts: tuple[str, ...]

    def current(self, now: datetime | None = None) -> Certificate:
        """The leaf to serve with; its authority is ``ca.crt``. OSError where the folder cannot be used."""
        moment = now or datetime.now(UTC)
        self.folder.mkdir(parents=True, exist_ok=True)
        issuer = self._read("ca")
        if issuer is None or expires(issuer.certificate) - moment < _RENEW:
            issuer = self._write("ca", authority("argo-admission", now=moment, days=3650))
            return self._write("tls", leaf(issuer, self.hosts, now=moment))
        found = self._read("tls")
        if found is None or expires(found.certificate) - moment < _RENEW or _names(found) != set(self.hosts):
            return self._write("tls", leaf(issuer, self.hosts, now=moment))
        return found

    def _read(self, name: str) -> Certificate | None:
        try:
            return Certificate(*((self.folder / f"{name}.{end}").read_bytes() for end in ("crt", "key")))
        except FileNotFoundError:
            return None

    def _write(self, name: str, made: Certificate) -> Certificate:
        for end, content in (("key", made.key), ("crt", made.certificate)):
            file = self.folder / f"{name}.{end}"
            file.unlink(missing_ok=True)
            file.touch(mode=0o600)
            file.write_bytes(content)
        return made


def _names(made: Certificate) -> set[str]:
    parsed = x509.load_pem_x509_certificate(made.certificate)
    names = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in names}


def _builder(name: str, key: ec.EllipticCurvePublicKey, now: datetime | None, days: int) -> x509.CertificateBuilder:
    start = now or datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
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
