"""The tags of a DKIM-Signature header (RFC 6376 §3.5, §6.1.1). This file does not verify it.

In internationalized mail they may hold UTF-8, and U-labels in d=, i= and s= (RFC 8616 §5); the DNS is asked for A-labels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from benchkit.audit.domain_name import a_labels
from benchkit.audit.records.keys import KeyFault, decode_base64
from benchkit.audit.records.tags import TagList, parse_tags
from benchkit.audit.records.text import RecordFault, Span, as_text, is_fatal, strange_octets

_REQUIRED = ("v", "a", "b", "bh", "d", "h", "s")
_ALGORITHMS = ("rsa-sha256", "ed25519-sha256", "rsa-sha1")
_CANONICALIZATIONS = ("simple", "relaxed")
_LONGEST_NUMBER = 20  # digits
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\Z")
_LONGEST_NAME = 253
_QUOTED = re.compile(r"=([0-9A-F]{2})")


@dataclass(frozen=True, slots=True)
class DkimSignature:
    """One header's value. `headers` in their order, lower case; `tags.find("b").value_span` is what a verifier blanks out."""

    text: str
    tags: TagList
    algorithm: str = ""
    domain: str = ""
    selector: str = ""
    identity: str = ""  # i=, or its default
    headers: tuple[str, ...] = ()
    header_canonicalization: str = "simple"
    body_canonicalization: str = "simple"
    signature: bytes = b""
    body_hash: bytes = b""
    body_length: int | None = None
    signed_at: int | None = None  # seconds since the epoch
    expires_at: int | None = None
    faults: tuple[RecordFault, ...] = ()

    @property
    def valid(self) -> bool:
        return not is_fatal(self.faults)


def parse_dkim_signature(raw: bytes | str) -> DkimSignature:
    """A header's value, folded or not → its tags and faults; never raises."""
    text = as_text(raw)
    tags = parse_tags(text)
    header, _, body = tags.value("c", "simple/simple").partition("/")
    domain = _name(tags.value("d"))
    user, at, host = (_unquoted(tags.value("i")) or f"@{domain}").rpartition("@")
    return DkimSignature(
        text,
        tags,
        algorithm=tags.value("a"),
        domain=domain,
        selector=_name(tags.value("s")),
        identity=f"{user}{at}{_name(host)}",
        headers=_headers(tags),
        header_canonicalization=header.strip(),
        body_canonicalization=body.strip() or "simple",
        signature=_octets(tags, "b"),
        body_hash=_octets(tags, "bh"),
        body_length=_number(tags, "l"),
        signed_at=_number(tags, "t"),
        expires_at=_number(tags, "x"),
        faults=tuple(_faults(tags)),
    )


def _headers(tags: TagList) -> tuple[str, ...]:
    return tuple(name for part in tags.value("h").split(":") if (name := part.strip().lower()))


def _name(value: str) -> str:
    """Lower case, in A-labels, without a final dot."""
    return a_labels((_utf8(value) or value).lower().rstrip("."))


def _unquoted(value: str) -> str:
    """dkim-quoted-printable (§2.11): `=40` is @; blanks in it mean nothing."""
    return _QUOTED.sub(lambda found: chr(int(found[1], 16)), "".join(value.split()))


def _is_name(name: str) -> bool:
    """Labels that a host could have, and the underscore that many selectors have (§3.5 for d=, §3.1 for s=)."""
    return len(name) <= _LONGEST_NAME and all(_LABEL.match(label) for label in name.split("."))


def _utf8(octets: str) -> str:
    """Octets that were read one by one as the text that they are; "" where they are none."""
    try:
        return octets.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return ""


def _octets(tags: TagList, name: str) -> bytes:
    try:
        return decode_base64(tags.value(name))
    except KeyFault:
        return b""


def _number(tags: TagList, name: str) -> int | None:
    value = tags.value(name)
    return int(value) if value.isascii() and value.isdigit() and len(value) <= _LONGEST_NUMBER else None


def _span(tags: TagList, name: str) -> Span:
    tag = tags.find(name)
    return tag.span if tag else (0, len(tags.text))


def _faults(tags: TagList) -> Iterator[RecordFault]:
    for fault in strange_octets(tags.text):
        if min(_utf8(tags.text[slice(*fault.span)]), default="") <= "\x7f":  # controls, or no UTF-8
            yield fault
    yield from tags.faults
    for name in _REQUIRED:
        if not tags.value(name):
            yield RecordFault("tag-missing", f"{name}= is missing or empty", _span(tags, name))
    yield from _choice_faults(tags)
    yield from _base64_faults(tags)
    yield from _number_faults(tags)
    yield from _identity_faults(tags)
    if tags.value("h") and "from" not in _headers(tags):
        yield RecordFault("from-unsigned", "h= leaves out From", _span(tags, "h"))


def _choice_faults(tags: TagList) -> Iterator[RecordFault]:
    if tags.value("v", "1") != "1":
        yield RecordFault("version", f"v={tags.value('v')[:20]} is not v=1", _span(tags, "v"))
    algorithm = tags.value("a")  # values are case-sensitive (§3.2)
    if algorithm == "rsa-sha1":
        yield RecordFault("rsa-sha1", "verifiers must not accept rsa-sha1 (RFC 8301)", _span(tags, "a"))
    elif algorithm and algorithm not in _ALGORITHMS:
        yield RecordFault("algorithm", f"a={algorithm[:40]} is no algorithm of DKIM", _span(tags, "a"))
    if any(part.strip() not in _CANONICALIZATIONS for part in tags.value("c", "simple").split("/", 1)):
        yield RecordFault("canonicalization", f"c={tags.value('c')[:40]} is no canonicalization", _span(tags, "c"))
    if "dns/txt" not in [part.strip() for part in tags.value("q", "dns/txt").split(":")]:
        yield RecordFault("query-method", "q= leaves out dns/txt, the only method that there is", _span(tags, "q"))


def _base64_faults(tags: TagList) -> Iterator[RecordFault]:
    for name in ("b", "bh"):
        try:
            decode_base64(tags.value(name))
        except KeyFault as fault:
            yield RecordFault(fault.code, f"{name}=: {fault}", _span(tags, name))


def _number_faults(tags: TagList) -> Iterator[RecordFault]:
    for name in ("l", "t", "x"):
        if tags.find(name) and _number(tags, name) is None:
            yield RecordFault("bad-number", f"{name}= is no number", _span(tags, name))
    if tags.find("l"):
        yield RecordFault("body-length", "l= lets anyone append to the body", _span(tags, "l"), fatal=False)
    signed_at, expires_at = _number(tags, "t"), _number(tags, "x")
    if signed_at is not None and expires_at is not None and expires_at <= signed_at:
        yield RecordFault("expires-before-signing", "x= is not after t=", _span(tags, "x"))


def _identity_faults(tags: TagList) -> Iterator[RecordFault]:
    identity, domain = _unquoted(tags.value("i")), _name(tags.value("d"))
    for name, meaning in (("d", "domain name"), ("s", "selector")):
        if tags.value(name) and not _is_name(_name(tags.value(name))):
            problem = f"{name}={tags.value(name)[:60]} is no {meaning}: other programs may read another name in it"
            yield RecordFault("bad-name", problem, _span(tags, name))
    if domain and "." not in domain:
        yield RecordFault("domain", f"d={domain[:40]} is a single label", _span(tags, "d"))
    if identity and domain:
        host = _name(identity.rpartition("@")[2])
        if "@" not in identity or not (host == domain or host.endswith(f".{domain}")):
            yield RecordFault("identity", "i= is not at d= or below it", _span(tags, "i"))
