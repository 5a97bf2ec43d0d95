"""Signatures of webhooks: HMAC, ECDSA, Svix's scheme, SNS's certificate, HTTP Basic. Each is compared in constant time.

The only home of `cryptography` in this room.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import replace
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509 import load_pem_x509_certificate

from benchkit.events.webhooks.webhook import Unverified, WebhookArrival
from benchkit.model.exchange import Request


def with_header(request: Request, *fields: tuple[str, str]) -> Request:
    return replace(request, headers=(*request.headers, *fields))


def hmac_sha256(secret: bytes, data: bytes) -> bytes:
    return hmac.new(secret, data, hashlib.sha256).digest()


def require_equal(given: str, expected: str) -> None:
    """Raises Unverified."""
    if not given:
        raise Unverified("the request carries no signature")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        raise Unverified("the signature is wrong")


def verify_basic(request: Request, secret: str, arrival: WebhookArrival) -> None:
    """`secret` is `user:password`, which stands in the webhook's URL or its settings; the body itself is not signed."""
    del arrival
    require_equal(request.header("authorization"), _basic(secret))


def sign_basic(request: Request, secret: str, arrival: WebhookArrival) -> Request:
    del arrival
    return with_header(request, ("authorization", _basic(secret)))


def _basic(secret: str) -> str:
    return f"Basic {base64.b64encode(secret.encode()).decode()}"


def basic_fault(secret: str) -> str:
    return "" if ":" in secret else "user:password"


def verify_ecdsa(public_key: str, signature: str, data: bytes) -> None:
    """`public_key` is base64 of its DER form, `signature` base64 of DER."""
    try:
        key = _elliptic_key(public_key)
        key.verify(base64.b64decode(signature, validate=True), data, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise Unverified("the signature is wrong" if signature else "the request carries no signature") from None
    except (binascii.Error, ValueError, UnsupportedAlgorithm) as error:
        raise (
            error if isinstance(error, Unverified) else Unverified("the signature or the key cannot be read")
        ) from None


def _elliptic_key(public_key: str) -> ec.EllipticCurvePublicKey:
    """Raises ValueError, UnsupportedAlgorithm."""
    key = serialization.load_der_public_key(base64.b64decode(public_key, validate=True))
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise Unverified("the key is not an elliptic-curve key")
    return key


def ecdsa_key_fault(public_key: str) -> str:
    try:
        _elliptic_key(public_key)
    except (ValueError, UnsupportedAlgorithm):
        return "the public key of the event webhook, in base64"
    return ""


def sign_ecdsa(private_key: str, data: bytes) -> str:
    """`private_key` in PEM."""
    key = _private_key(private_key)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return base64.b64encode(key.sign(data, ec.ECDSA(hashes.SHA256()))).decode()


def verify_rsa(certificate: str, signature: str, data: bytes, version: str) -> None:
    """`certificate` in PEM. Version 1 is SHA-1, 2 is SHA-256 (SNS, "SignatureVersion")."""
    try:
        key = _certified_key(certificate)
        key.verify(base64.b64decode(signature, validate=True), data, padding.PKCS1v15(), _sns_hash(version))
    except InvalidSignature:
        raise Unverified("the signature is wrong" if signature else "the request carries no signature") from None
    except (binascii.Error, ValueError, UnsupportedAlgorithm) as error:
        raise (
            error if isinstance(error, Unverified) else Unverified("the signature or the certificate cannot be read")
        ) from None


def _certified_key(certificate: str) -> rsa.RSAPublicKey:
    """Raises ValueError, UnsupportedAlgorithm."""
    key = load_pem_x509_certificate(certificate.encode()).public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise Unverified("the certificate's key is not an RSA key")
    return key


def certificate_fault(certificate: str) -> str:
    try:
        _certified_key(certificate)
    except (ValueError, UnsupportedAlgorithm):
        return "the certificate of SNS, in PEM, with an RSA key"
    return ""


def sign_rsa(private_key: str, data: bytes, version: str) -> str:
    key = _private_key(private_key)
    assert isinstance(key, rsa.RSAPrivateKey)
    return base64.b64encode(key.sign(data, padding.PKCS1v15(), _sns_hash(version))).decode()


@lru_cache(16)
def _private_key(pem: str) -> PrivateKeyTypes:
    """Loading an RSA key checks it, which takes longer than a hundred signatures."""
    return serialization.load_pem_private_key(pem.encode(), None)


def _sns_hash(version: str) -> hashes.HashAlgorithm:
    if version not in ("1", "2"):
        raise Unverified(f"signature version {version[:10]!r} is unknown")
    return hashes.SHA1() if version == "1" else hashes.SHA256()
