"""Messages with ARC chains, sealed by RFC 8617 §5.1 with `cryptography` alone: what verifiers are tried with."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HEAD = b"From: a@shop.example\r\nTo: b@there.example\r\nSubject: Hello\r\n"
BODY = b"Hello  there \r\nand more\r\n\r\n"
SIGNED = (b"from", b"to", b"subject")


@cache
def private(sealer: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def records(sealers: int) -> Mapping[str, str]:
    """The key records of `listN.example`, by name."""
    return {f"arc._domainkey.list{number}.example": _record(number) for number in range(1, sealers + 1)}


def _record(sealer: int) -> str:
    public = private(sealer).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


def sealed(sealers: int, **chains: str) -> bytes:
    """A message that so many lists have passed on; `cv2="none"` has the second say another cv= than it should."""
    fields: list[bytes] = []
    for instance in range(1, sealers + 1):
        chain = chains.get(f"cv{instance}", "none" if instance == 1 else "pass")
        fields = [*_set(instance, chain.encode(), list(reversed(fields))), *fields]
    return b"".join(fields) + HEAD + b"\r\n" + BODY


def _set(instance: int, chain: bytes, before: list[bytes]) -> list[bytes]:
    """Seal, signature, results, as they stand from the top; `before` are the earlier sets' fields from the bottom."""
    tag = b"i=%d" % instance
    where = b"a=rsa-sha256; d=list%d.example; s=arc" % instance
    results = b"ARC-Authentication-Results: %s; mx.example; spf=pass\r\n" % tag
    digest = base64.b64encode(hashlib.sha256(b"Hello there\r\nand more\r\n").digest())
    names = b":".join(SIGNED)
    unsigned = b"ARC-Message-Signature: %s; %s; c=relaxed/relaxed; h=%s; bh=%s; b=" % (tag, where, names, digest)
    content = b"".join(_relaxed(line + b"\r\n") for line in HEAD.split(b"\r\n")[:-1])
    signature = _finished(instance, unsigned, content)
    unsealed = b"ARC-Seal: %s; cv=%s; %s; b=" % (tag, chain, where)
    covered = b"".join(_relaxed(field) for field in (*before, results, signature))
    return [_finished(instance, unsealed, covered), signature, results]


def _finished(sealer: int, field: bytes, covered: bytes) -> bytes:
    octets = covered + _relaxed(field + b"\r\n").removesuffix(b"\r\n")
    made = private(sealer).sign(octets, padding.PKCS1v15(), SHA256())
    return field + base64.b64encode(made) + b"\r\n"


def _relaxed(field: bytes) -> bytes:
    name, _, value = field.partition(b":")
    return name.lower() + b":" + b" ".join(value.split()) + b"\r\n"
