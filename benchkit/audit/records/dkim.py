"""DKIM key records (RFC 6376 §3.6.1; RFC 8301 on strength, RFC 8463 on Ed25519) and every fault in one.

A fatal fault means that no signature verifies with this record. Missing records, wildcards and CNAMEs are handled elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from benchkit.audit.records.keys import KeyFault, PublicKey, read_key
from benchkit.audit.records.tags import Tag, TagList, parse_tags
from benchkit.audit.records.text import RecordFault, Span, as_text, is_fatal, strange_octets

_KINDS = ("rsa", "ed25519")


@dataclass(frozen=True, slots=True)
class DkimKey:
    """One key record. `key` is None where p= is missing, empty (revoked) or unreadable."""

    text: str
    tags: TagList
    key_type: str = "rsa"
    hashes: tuple[str, ...] = ()  # empty: any
    services: tuple[str, ...] = ("*",)
    flags: tuple[str, ...] = ()
    notes: str = ""
    revoked: bool = False
    key: PublicKey | None = None
    faults: tuple[RecordFault, ...] = ()

    @property
    def valid(self) -> bool:
        return not is_fatal(self.faults)

    @property
    def testing(self) -> bool:
        return "y" in self.flags

    @property
    def strict(self) -> bool:
        """t=s: the identity i= must have the very domain d= (§3.6.1)."""
        return "s" in self.flags

    @property
    def allows_sha256(self) -> bool:
        """The only hash that is still allowed (RFC 8301 §3.1)."""
        return not self.hashes or "sha256" in self.hashes


@dataclass(frozen=True, slots=True)
class DkimSelection:
    """A selector's TXT texts sorted: those meant as keys, and the rest. More than one key is ambiguous (§3.6.2.2)."""

    records: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def only(self) -> str | None:
        return self.records[0] if len(self.records) == 1 else None


def is_dkim(text: str) -> bool:
    """Whether the text was meant as a key: it names a DKIM version or has a p= that no DMARC record would have."""
    tags = parse_tags(text)
    version = tags.value("v").lower()
    return version.startswith("dkim") or (tags.find("p") is not None and not version.startswith(("dmarc", "spf")))


def select_dkim(texts: Iterable[bytes | str]) -> DkimSelection:
    """The key records among a selector's TXT records, each already joined from its strings."""
    records: list[str] = []
    others: list[str] = []
    for text in map(as_text, texts):
        (records if is_dkim(text) else others).append(text)
    return DkimSelection(tuple(records), tuple(others))


def parse_dkim(raw: bytes | str) -> DkimKey:
    """Any text → a key record with its faults; never raises."""
    text = as_text(raw)
    tags = parse_tags(text)
    kind = tags.value("k", "rsa")  # values are case-sensitive (§3.2)
    key, key_faults = _key(tags, kind)
    return DkimKey(
        text,
        tags,
        key_type=kind,
        hashes=_words(tags, "h"),
        services=_words(tags, "s") or ("*",),
        flags=_words(tags, "t"),
        notes=tags.value("n"),
        revoked=(point := tags.find("p")) is not None and not point.value,
        key=key,
        faults=(*_faults(tags, kind), *key_faults),
    )


def _words(tags: TagList, name: str) -> tuple[str, ...]:
    return tuple(word for part in tags.value(name).split(":") if (word := part.strip()))


# what is wrong with the record


def _faults(tags: TagList, kind: str) -> Iterator[RecordFault]:
    yield from strange_octets(tags.text)
    yield from tags.faults
    yield from _version_faults(tags)
    yield from _leaked_quoting(tags)
    if kind not in _KINDS:
        yield RecordFault("key-type", f"k={kind[:40]} is not a key type that verifiers know", _span(tags, "k"))
    if (hashes := _words(tags, "h")) and "sha256" not in hashes:
        yield RecordFault("no-sha256", "h= leaves out sha256, the only hash still allowed", _span(tags, "h"))
    elif "sha1" in hashes:
        yield RecordFault("sha1", "h= still allows sha1", _span(tags, "h"), fatal=False)
    if (services := _words(tags, "s")) and not {"*", "email"} & set(services):
        yield RecordFault("not-for-mail", "s= names services without email or *", _span(tags, "s"))
    if "y" in _words(tags, "t"):
        yield RecordFault(
            "testing", "t=y: receivers may treat signed mail as if it were not signed", _span(tags, "t"), fatal=False
        )
    if tags.find("g"):
        yield RecordFault(
            "obsolete-g",
            "g= was removed from DKIM in 2011; old verifiers fail on some values",
            _span(tags, "g"),
            fatal=False,
        )


def _version_faults(tags: TagList) -> Iterator[RecordFault]:
    version = tags.find("v")
    if version is None:
        return
    if version.value != "DKIM1":
        yield RecordFault("version", f"v={version.value[:40]} is not v=DKIM1: such a record is discarded", version.span)
    elif tags.tags[0] is not version:
        yield RecordFault("version-not-first", "v= must be the first tag", version.span, fatal=False)


def _leaked_quoting(tags: TagList) -> Iterator[RecordFault]:
    """Zone-file syntax that a control panel has put into the record itself. In n= it is text that no program interprets."""
    start, end = notes.span if (notes := tags.find("n")) else (0, 0)
    text = tags.text[:start] + " " * (end - start) + tags.text[end:]
    if (at := text.find("\\")) >= 0:
        yield RecordFault("backslash", "a backslash of zone-file quoting is in the record itself", (at, at + 1))
    if (at := text.find('"')) >= 0:
        yield RecordFault("quotes", "a quotation mark of zone-file quoting is in the record itself", (at, at + 1))


def _span(tags: TagList, name: str) -> Span:
    tag = tags.find(name)
    return tag.span if tag else (0, len(tags.text))


# the key


def _key(tags: TagList, kind: str) -> tuple[PublicKey | None, tuple[RecordFault, ...]]:
    tag = tags.find("p")
    if tag is None:
        return None, (RecordFault("no-key", "there is no p= with a key", (0, len(tags.text))),)
    if not tag.value:
        return None, (RecordFault("revoked", "p= is empty: the key has been revoked", tag.span),)
    if kind not in _KINDS:
        return None, ()
    try:
        key = read_key(kind, tag.value)
    except KeyFault as fault:
        return None, (RecordFault(fault.code, str(fault), tag.value_span),)
    return key, tuple(_key_faults(key, tag))


def _key_faults(key: PublicKey, tag: Tag) -> Iterator[RecordFault]:
    if key.kind != "rsa":
        return
    if key.bits < 1024:
        yield RecordFault("rsa-below-1024", f"{key.bits}-bit RSA: verifiers must not accept it", tag.value_span)
    elif key.bits < 2048:
        yield RecordFault(
            "rsa-below-2048", f"{key.bits}-bit RSA: 2048 bits are recommended", tag.value_span, fatal=False
        )
    elif key.bits > 4096:
        yield RecordFault(
            "rsa-above-4096", f"{key.bits}-bit RSA: verifiers need not handle it", tag.value_span, fatal=False
        )
    if key.exponent != 65537:
        yield RecordFault(
            "rsa-exponent", f"the public exponent is {key.exponent}, not 65537", tag.value_span, fatal=False
        )
    if key.form == "pkcs1":
        message = "the key is a bare RSAPublicKey; many verifiers read SubjectPublicKeyInfo only"
        yield RecordFault("rsa-unwrapped", message, tag.value_span, fatal=False)
