"""The public key inside a DKIM record (RFC 6376 §3.6.1, RFC 8301, RFC 8463): base64 → a key of `cryptography`, and its kind."""

from __future__ import annotations

import binascii
import hashlib
from dataclasses import dataclass, field

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

_ED25519_SPKI = bytes.fromhex("302a300506032b6570032100")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """`form` is how it was wrapped: spki, pkcs1 or raw. Equal keys have equal `fingerprint`s, however wrapped."""

    kind: str  # rsa or ed25519
    bits: int
    exponent: int  # 0 where the kind has none
    form: str
    fingerprint: str
    material: RSAPublicKey | Ed25519PublicKey = field(compare=False, repr=False)


class KeyFault(ValueError):
    """`code` is the fault's code; it never leaves audit/records."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def read_key(kind: str, text: str) -> PublicKey:
    """The key in the text of `p=`; raises KeyFault."""
    try:
        return load_key(kind, decode_base64(text))
    except KeyFault:
        held, whole = _der_octets(text)
        if kind == "rsa" and held < whole:
            raise KeyFault("key-cut", f"the key is cut off: p= has {held} of its {whole} octets") from None
        raise


def _der_octets(text: str) -> tuple[int, int]:
    """How many octets the text decodes to, and how many its outer SEQUENCE should have (X.690 §8.1.3); 0 where it is none."""
    packed = "".join(text.split()).rstrip("=")
    try:
        octets = binascii.a2b_base64(packed.encode("ascii") + b"=" * (-len(packed) % 4), strict_mode=True)
    except (UnicodeEncodeError, binascii.Error):
        return _der_octets(packed[:-1]) if len(packed) % 4 == 1 else (0, 0)
    if octets[:2] not in (b"\x30\x81", b"\x30\x82"):
        return len(octets), 0
    size = octets[1] - 0x80
    return len(octets), 2 + size + int.from_bytes(octets[2 : 2 + size])


def decode_base64(text: str) -> bytes:
    """Strict base64, blanks allowed anywhere (RFC 6376 §2.10); raises KeyFault."""
    packed = "".join(text.split())
    if len(packed.rstrip("=")) % 4 == 1:
        raise KeyFault("base64-cut", f"base64 cannot be {len(packed)} characters long: some are missing")
    if len(packed) % 4:
        raise KeyFault("base64-padding", "the base64 lacks its '=' padding")
    try:
        return binascii.a2b_base64(packed.encode("ascii"), strict_mode=True)
    except (UnicodeEncodeError, binascii.Error):
        raise KeyFault("base64", "not base64") from None


def load_key(kind: str, octets: bytes) -> PublicKey:
    """The key of a `k=` kind (rsa or ed25519); raises KeyFault."""
    return _ed25519(octets) if kind == "ed25519" else _rsa(octets)


def _ed25519(octets: bytes) -> PublicKey:
    if octets.startswith(_ED25519_SPKI):  # RFC 8463 §4.2 wants the 32 octets alone
        raise KeyFault(
            "ed25519-wrapped",
            "the Ed25519 key is wrapped in SubjectPublicKeyInfo; p= must hold only the 32 octets of the key",
        )
    if len(octets) != 32:
        raise KeyFault("key-length", f"an Ed25519 key has 32 octets, not {len(octets)}")
    return PublicKey("ed25519", 256, 0, "raw", _fingerprint(octets), Ed25519PublicKey.from_public_bytes(octets))


def _rsa(octets: bytes) -> PublicKey:
    try:
        key = load_der_public_key(octets)
    except (ValueError, UnsupportedAlgorithm):
        raise KeyFault("key-unreadable", "the octets of p= are not an RSA public key") from None
    if not isinstance(key, RSAPublicKey):
        raise KeyFault("key-of-other-kind", "p= holds a key of another kind than RSA")
    wrapped = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    form = "spki" if wrapped == octets else "pkcs1"
    return PublicKey("rsa", key.key_size, key.public_numbers().e, form, _fingerprint(wrapped), key)


def _fingerprint(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()
