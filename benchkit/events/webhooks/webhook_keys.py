"""Secrets of an embedded provider's webhooks, new for each run: what signs, and what its receiver verifies with.

SendGrid has an elliptic key, SNS an RSA key with a certificate, the others a secret that both sides know.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

_VALID_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class WebhookKeys:
    signing: str = field(repr=False)
    verifying: str = field(repr=False)


def new_keys(name: str) -> WebhookKeys:
    """`name` is the provider's."""
    if name == "sendgrid":
        return WebhookKeys(*elliptic_key())
    if name == "ses":
        return WebhookKeys(*certified_key("sns.amazonaws.com"))
    plain = (
        f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}"
        if name == "resend"
        else f"benchkit:{secrets.token_hex(16)}"
    )
    return WebhookKeys(plain, plain)


def elliptic_key() -> tuple[str, str]:
    """The private key in PEM, and the public one in base64 of DER."""
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return _pem(key), base64.b64encode(public).decode()


def certified_key(name: str) -> tuple[str, str]:
    """The private key and its self-signed certificate, both in PEM."""
    key = rsa.generate_private_key(65537, 2048)
    subject, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]), datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now).not_valid_after(now + _VALID_FOR)
    return _pem(key), made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
