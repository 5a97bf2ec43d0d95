"""A DKIM-Signature field (RFC 6376 §3.5) as a value; whatever is wrong with it is a reason, not an error."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass, replace

from benchkit.audit.dkim.canonical import METHODS
from benchkit.audit.mail.message import Field
from benchkit.audit.records.tags import TagList, parse_tags

NEEDED = ("v", "a", "b", "bh", "d", "h", "s")
ALGORITHMS = ("rsa-sha256", "ed25519-sha256")


@dataclass(frozen=True, slots=True)
class Signature:
    """`length` None: the whole body is signed. Times are seconds since 1970. `faults` not empty: permerror."""

    field: Field
    domain: str
    selector: str
    identity: str
    algorithm: str
    header_method: str
    body_method: str
    headers: tuple[str, ...]
    length: int | None
    signed_at: int | None
    expires_at: int | None
    signature: bytes
    body_hash: bytes
    faults: tuple[str, ...]

    @property
    def key_name(self) -> str:
        return f"{self.selector}._domainkey.{self.domain}"


def parse_signature(field: Field) -> Signature:
    """Any field → a signature with its faults; never raises."""
    tags = parse_tags(field.value)
    faults = [fault.message for fault in tags.faults if fault.fatal]
    faults += [f"{name}= is missing" for name in NEEDED if not tags.value(name)]
    methods = tags.value("c", "simple/simple").lower().partition("/")
    signature = Signature(
        field=field,
        domain=tags.value("d").lower().rstrip("."),
        selector=tags.value("s").lower(),
        identity=tags.value("i") or f"@{tags.value('d')}",
        algorithm=tags.value("a").lower(),
        header_method=methods[0],
        body_method=methods[2] or "simple",
        headers=tuple(name.strip().lower() for name in tags.value("h").split(":")),
        length=_number(tags, "l", faults),
        signed_at=_number(tags, "t", faults),
        expires_at=_number(tags, "x", faults),
        signature=_octets(tags, "b", faults),
        body_hash=_octets(tags, "bh", faults),
        faults=(),
    )
    return replace(signature, faults=(*faults, *_rules(tags, signature)))


def _rules(tags: TagList, signature: Signature) -> list[str]:
    """What §3.5, §6.1.1 and RFC 8301 §3.1 ask beyond the form."""
    owner = signature.identity.rpartition("@")[2].lower().rstrip(".")
    asked = (
        (tags.value("v") not in ("", "1"), f"v={tags.value('v')} is not 1"),
        (signature.algorithm == "rsa-sha1", "rsa-sha1 is refused (RFC 8301 §3.1)"),
        (signature.algorithm not in (*ALGORITHMS, "rsa-sha1", ""), f"a={signature.algorithm} is unknown"),
        (signature.header_method not in METHODS or signature.body_method not in METHODS, "c= is unknown"),
        ("from" not in signature.headers, "From is not signed"),
        (owner != signature.domain and not owner.endswith(f".{signature.domain}"), "i= is not within d="),
        ("dns/txt" not in tags.value("q", "dns/txt").lower().split(":"), "q= does not have dns/txt"),
        (_before(signature.expires_at, signature.signed_at), "x= is before t="),
    )
    return [told for wrong, told in asked if wrong]


def _before(one: int | None, other: int | None) -> bool:
    return one is not None and other is not None and one < other


def _number(tags: TagList, name: str, faults: list[str]) -> int | None:
    text = tags.value(name)
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,76}", text):
        faults.append(f"{name}={text[:20]} is not a number")
        return None
    return int(text)


def _octets(tags: TagList, name: str, faults: list[str]) -> bytes:
    try:
        return b64decode(re.sub(r"\s+", "", tags.value(name)), validate=True)
    except (Base64Error, ValueError):
        faults.append(f"{name}= is not base64")
        return b""
