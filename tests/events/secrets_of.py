"""A pair of secrets for each webhook, made in the test: what signs, and what verifies."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

URL = "https://hooks.shop.example/mandrill"


@cache
def secrets_of(name: str) -> tuple[str, str]:
    if name == "sendgrid":
        key = ec.generate_private_key(ec.SECP256R1())
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return _pem(key), base64.b64encode(public).decode()
    if name == "ses":
        return _certified()
    plain = {"resend": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}.get(name, "user:a-long-secret")
    return plain, plain


def _certified() -> tuple[str, str]:
    key = rsa.generate_private_key(65537, 2048)
    name, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sns.test")]), datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(now).not_valid_after(now + timedelta(days=1))
    return _pem(key), made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
