"""Certificates as an audit needs them: subject, names, dates, issuer (RFC 5280). Pure."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class PeerCertificate:
    """One certificate; `names` are lower case. `fault` says why the rest could not be read."""

    der: bytes
    subject: str = ""
    issuer: str = ""
    names: tuple[str, ...] = ()
    not_before: datetime | None = None
    not_after: datetime | None = None
    key: bytes = b""  # SubjectPublicKeyInfo
    key_type: str = ""
    key_bits: int = 0
    fault: str = ""

    def is_valid_at(self, when: datetime) -> bool:
        return self.not_before is not None and self.not_after is not None and self.not_before <= when <= self.not_after

    def is_for(self, host: str) -> bool:
        """Whether one of its names is this host's; a wildcard is exactly the first label (RFC 9525 §6.3)."""
        name = host.lower().rstrip(".")
        return any(pattern == name or (pattern[:2] == "*." and pattern[2:] == _parent(name)) for pattern in self.names)

    def is_issued_by(self, issuer: PeerCertificate) -> bool:
        """The issuer's name and key fit; says nothing about trust."""
        if self.fault or issuer.fault:
            return False
        try:
            with _quietly():
                x509.load_der_x509_certificate(self.der).verify_directly_issued_by(
                    x509.load_der_x509_certificate(issuer.der)
                )
        except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
            return False
        return True


def read_certificate(der: bytes) -> PeerCertificate:
    """Any bytes; never raises."""
    try:
        with _quietly():
            return _read(der)
    except Exception as error:  # cryptography has many ways to dislike a stranger's certificate
        return PeerCertificate(der, fault=f"unreadable: {error}")


def read_chain(ders: Sequence[bytes]) -> tuple[PeerCertificate, ...]:
    """As the server sent it: its own certificate first."""
    return tuple(read_certificate(der) for der in ders)


def _quietly() -> warnings.catch_warnings[None]:
    """What cryptography finds odd in a stranger's certificate is no news for our user's terminal."""
    return warnings.catch_warnings(action="ignore")


def _read(der: bytes) -> PeerCertificate:
    parsed = x509.load_der_x509_certificate(der)
    kind, bits = _kind(parsed)
    return PeerCertificate(
        der=der,
        subject=parsed.subject.rfc4514_string(),
        issuer=parsed.issuer.rfc4514_string(),
        names=tuple(name.lower() for name in _names(parsed)),
        not_before=parsed.not_valid_before_utc,
        not_after=parsed.not_valid_after_utc,
        key=parsed.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        key_type=kind,
        key_bits=bits,
    )


def _names(parsed: x509.Certificate) -> Iterator[str]:
    """The DNS names; the common name only where there are none (RFC 7672 §3.2.3)."""
    try:
        alternative = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = alternative.get_values_for_type(x509.DNSName)
    except x509.ExtensionNotFound:
        names = []
    yield from names or [str(name.value) for name in parsed.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]


def _kind(parsed: x509.Certificate) -> tuple[str, int]:
    match parsed.public_key():
        case rsa.RSAPublicKey() as key:
            return "rsa", key.key_size
        case ec.EllipticCurvePublicKey() as key:
            return "ec", key.key_size
        case ed25519.Ed25519PublicKey():
            return "ed25519", 256
        case ed448.Ed448PublicKey():
            return "ed448", 456
        case _:
            return "other", 0


def _parent(name: str) -> str:
    return name.partition(".")[2]
