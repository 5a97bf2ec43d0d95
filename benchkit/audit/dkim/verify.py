"""Verifying a message's DKIM signatures (RFC 6376 §6.1): RSA (RFC 8301) and Ed25519 (RFC 8463) with SHA-256.

Law: total. A key that could not be looked up is `temperror`; a signature that can never be good is `permerror`; one that is not
good for this message is `fail`. The result says what is signed, and with which algorithm.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from benchkit.audit.message.parser import Field, Mail
from benchkit.audit.records.dkim import DkimKey, parse_dkim, select_dkim
from benchkit.audit.records.dkim_signature import DkimSignature, parse_dkim_signature
from benchkit.audit.records.text import txts_of
from benchkit.model.dns import Answer, Ask
from benchkit.protocol import dkim_canonical as canonical

MOST_SIGNATURES = 10  # of one message; what comes after costs a verifier more than it tells (RFC 6376 §8.4)
_B_VALUE = re.compile(rb"((?:^|;)[ \t\r\n]*b[ \t\r\n]*=)[^;]*")


class DkimResult(StrEnum):
    """RFC 8601 §2.7.1, without `none`."""

    PASS = "pass"
    FAIL = "fail"
    PERMERROR = "permerror"
    TEMPERROR = "temperror"


@dataclass(frozen=True, slots=True)
class Verification:
    signature: DkimSignature
    result: DkimResult
    reason: str = ""
    key: DkimKey | None = None
    answers: tuple[Answer, ...] = ()

    @property
    def signed(self) -> frozenset[str]:
        """The names of the fields that a good signature covers."""
        return frozenset(self.signature.headers) if self.result is DkimResult.PASS else frozenset()


async def verify(mail: Mail, ask: Ask, now_s: int) -> tuple[Verification, ...]:
    """One result a signature, from the top; `now_s` (seconds since 1970) is what x= is held against."""
    found = mail.all("dkim-signature")[:MOST_SIGNATURES]
    return tuple([await _verify(mail, field, ask, now_s) for field in found])


async def _verify(mail: Mail, field: Field, ask: Ask, now_s: int) -> Verification:
    return await verify_signature(mail, field, parse_dkim_signature(field.text), ask, now_s=now_s)


async def verify_signature(
    mail: Mail, field: Field, signature: DkimSignature, ask: Ask, *, now_s: int = 0
) -> Verification:
    """One signature, whose field it is; an ARC-Message-Signature is one too (RFC 8617 §4.1.2)."""
    if not signature.valid:
        fault = next(fault.message for fault in signature.faults if fault.fatal)
        return Verification(signature, DkimResult.PERMERROR, fault)
    if signature.expires_at is not None and signature.expires_at < now_s:
        return Verification(signature, DkimResult.FAIL, "the signature has expired (x=)")
    answer, key, reason = await find_key(signature.selector, signature.domain, ask)
    if key is None:
        result = DkimResult.PERMERROR if answer.state.known else DkimResult.TEMPERROR
        return Verification(signature, result, reason, answers=(answer,))
    result, reason = _judge(mail, field, signature, key)
    return Verification(signature, result, reason, key, (answer,))


async def find_key(selector: str, domain: str, ask: Ask) -> tuple[Answer, DkimKey | None, str]:
    """The answer, the only key in it, and why there is none."""
    name = f"{selector}._domainkey.{domain}"
    answer = await ask(name, "TXT")
    if not answer.state.known:
        return answer, None, f"{name} TXT answered {answer.state.value}"
    only = select_dkim(txts_of(answer)).only
    if only is None:
        return answer, None, f"there is not exactly one key at {name}"
    return answer, parse_dkim(only), ""


def _judge(mail: Mail, field: Field, signature: DkimSignature, key: DkimKey) -> tuple[DkimResult, str]:
    """§6.1.2 and §6.1.3, in their order."""
    if wrong := key_trouble(key, signature.algorithm):
        return DkimResult.PERMERROR, wrong
    if key.strict and signature.identity.rpartition("@")[2] != signature.domain:
        return DkimResult.PERMERROR, "the key's t=s requires i= to have exactly the domain of d="
    if len(authors := mail.all("from")) > signature.headers.count(
        "from"
    ):  # §8.15: the one that is shown may be another
        return DkimResult.FAIL, f"there are {len(authors)} From fields, and not all of them are signed"
    body = canonical.body(mail.body, signature.body_canonicalization)
    if signature.body_length is not None and signature.body_length > len(body):
        return DkimResult.PERMERROR, "l= is longer than the body"
    if hashlib.sha256(body[: signature.body_length]).digest() != signature.body_hash:
        return DkimResult.FAIL, "the body has been changed: its hash is not bh="
    if not is_good(key, signature.signature, signed_octets(mail, field, signature)):
        return DkimResult.FAIL, "a signed header field has been changed, or the key is another"
    return DkimResult.PASS, ""


def key_trouble(key: DkimKey, algorithm: str) -> str:
    """Why no signature by this algorithm verifies with the key; "" if nothing keeps it from that."""
    fatal = next((fault.message for fault in key.faults if fault.fatal), "")
    if fatal or key.key is None:
        return fatal or "the key cannot be read"
    if key.key_type != algorithm.partition("-")[0]:
        return f"a={algorithm}, but the key is k={key.key_type}"
    return ""


def signed_octets(mail: Mail, own: Field, signature: DkimSignature) -> bytes:
    """What the signature is made over (§3.7): the fields that h= names, from below, and its own without the value of b=."""
    left: dict[str, list[Field]] = {}
    for field in mail.fields:
        left.setdefault(field.name, []).append(field)
    chosen = [left[name].pop() for name in signature.headers if left.get(name)]
    method = signature.header_canonicalization
    parts = [canonical.header(field.raw, method) for field in chosen]
    return b"".join(parts) + canonical.header(without_signature(own.raw), method).removesuffix(b"\r\n")


def without_signature(raw: bytes) -> bytes:
    """The field with the value of b= left out."""
    name, colon, value = raw.partition(b":")
    stripped = _B_VALUE.sub(rb"\1", value)
    return name + colon + (stripped if stripped.endswith(b"\r\n") else stripped + b"\r\n")


def is_good(key: DkimKey, signature: bytes, octets: bytes) -> bool:
    material = key.key.material if key.key else None
    try:
        if isinstance(material, RSAPublicKey):
            material.verify(signature, octets, PKCS1v15(), SHA256())
        elif isinstance(material, Ed25519PublicKey):
            material.verify(signature, hashlib.sha256(octets).digest())  # RFC 8463 §3
        else:
            return False
    except InvalidSignature:
        return False
    return True
