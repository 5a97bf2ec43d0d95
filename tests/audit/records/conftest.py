"""Real keys in every wrapping, made once."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

FORMATS = {"spki": PublicFormat.SubjectPublicKeyInfo, "pkcs1": PublicFormat.PKCS1}


def rsa(bits: int, exponent: int = 65537, form: str = "spki") -> str:
    """Base64 of a key of that size: any odd modulus will do for a public key."""
    key = RSAPublicNumbers(exponent, (1 << (bits - 1)) | (1 << 20) | 1).public_key()
    return base64.b64encode(key.public_bytes(Encoding.DER, FORMATS[form])).decode("ascii")


def ed25519(form: str = "raw") -> str:
    key = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    wrapped = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(key.public_bytes_raw() if form == "raw" else wrapped).decode("ascii")


@pytest.fixture(scope="session")
def rsa_key() -> Callable[..., str]:
    return rsa


@pytest.fixture(scope="session")
def ed25519_key() -> Callable[..., str]:
    return ed25519
