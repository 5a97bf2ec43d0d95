"""A key pair to sign with: the private key in PEM, and the record that DNS holds of it (RFC 6376 §3.6.1)."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

_BITS = 2048  # RFC 8301 §3.2
_EXPONENT = 65537


@dataclass(frozen=True, slots=True)
class DkimKeyPair:
    private_pem: str = field(repr=False)
    record: str


def new_dkim_key() -> DkimKeyPair:
    key = generate_private_key(_EXPONENT, _BITS)
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    private = key.private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    )  # OpenDKIM reads this form
    return DkimKeyPair(private.decode("ascii"), f"v=DKIM1; k=rsa; p={b64encode(public).decode('ascii')}")
