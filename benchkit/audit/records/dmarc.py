"""DMARC policy records (RFC 9989 §4.7, §4.8), and what of RFC 7489 receivers no longer read. The tree walk is not here.

Only a text that begins with the version is a DMARC record; errors behind it leave the tag at its default, except in p, sp
and np: a record that lacks a sound p, or has an unsound sp or np, counts as p=none if it asks for reports, else as no
record at all (§4.10.1). A tag that is there twice voids the whole record (RFC 6376 §3.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from benchkit.audit.records.report_uris import ReportUri, holds_uri, parse_report_uris
from benchkit.audit.records.selection import Selection, select
from benchkit.audit.records.tags import Tag, TagList, parse_tags, repeated
from benchkit.audit.records.text import BEFORE, RecordFault, as_text, strange_octets

_VERSION = re.compile(r"[vV][ \t]*=[ \t]*DMARC1[ \t]*(?:;|\Z)")  # the value is case-sensitive
_ALMOST = re.compile(
    BEFORE + r"(?:v\s*=?\s*\"?dmarc|dmarc1?\s*;|[^;]{1,40}\bv\s*=\s*dmarc1\b|p\s*=\s*(?:none|quarantine|reject)\b"
    r"|rua\s*=\s*mailto:)",
    re.IGNORECASE,
)
_REMOVED = ("pct", "rf", "ri")
_CHOICES = {"psd": ("y", "n", "u"), "t": ("y", "n"), "adkim": ("r", "s"), "aspf": ("r", "s")}
_POLICY_TAGS = ("p", "sp", "np")


class Policy(StrEnum):
    """What the owner asks for, from the weakest to the strongest."""

    NONE = "none"
    QUARANTINE = "quarantine"
    REJECT = "reject"

    @property
    def when_testing(self) -> Policy:
        """One step weaker (§4.7 on t=y)."""
        return Policy.QUARANTINE if self is Policy.REJECT else Policy.NONE


@dataclass(frozen=True, slots=True)
class DmarcRecord:
    """`p`, `sp`, `np` are None where the tag is missing or unsound; `policy` says what a receiver makes of them."""

    text: str
    tags: TagList
    p: Policy | None = None
    sp: Policy | None = None
    np: Policy | None = None
    unsound: bool = False  # p, sp or np makes §4.10.1 apply
    psd: str = "u"
    testing: bool = False
    adkim: str = "r"
    aspf: str = "r"
    fo: tuple[str, ...] = ("0",)
    rua: tuple[ReportUri, ...] = ()
    ruf: tuple[ReportUri, ...] = ()
    faults: tuple[RecordFault, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether receivers act on it at all."""
        return not any(fault.fatal for fault in self.faults)

    @property
    def policy(self) -> Policy:
        """For the name that the record is at, before `t`."""
        return Policy.NONE if self.unsound or self.p is None else self.p

    @property
    def subdomain_policy(self) -> Policy:
        """For existing names below, before `t`."""
        return self.policy if self.unsound or self.sp is None else self.sp

    @property
    def nonexistent_policy(self) -> Policy:
        """For names below that do not exist, before `t`."""
        return self.subdomain_policy if self.unsound or self.np is None else self.np

    def effective(self, asked_for: Policy) -> Policy:
        """One of the three policies above as receivers apply it."""
        return asked_for.when_testing if self.testing else asked_for


def is_dmarc(text: str) -> bool:
    """Whether the text begins with `v=DMARC1`, blanks around `=` allowed."""
    return _VERSION.match(text) is not None


def select_dmarc(texts: Iterable[bytes | str]) -> Selection:
    """Of a name's TXT texts: several at a name are all discarded, and the walk goes on (RFC 9989 §4.10)."""
    return select(texts, is_dmarc, _ALMOST)


def parse_dmarc(raw: bytes | str) -> DmarcRecord:
    """Any text → a record with its faults; never raises."""
    text = as_text(raw)
    tags = _lower(parse_tags(text))
    rua, rua_faults = _uris(tags, "rua")
    ruf, ruf_faults = _uris(tags, "ruf")
    unsound = _is_unsound(tags)
    faults = (*_faults(tags), *rua_faults, *ruf_faults)
    if unsound and not ((tag := tags.find("rua")) and holds_uri(tag)):
        faults = (*faults, RecordFault("no-policy", "no sound p=, and no rua= to make it p=none", (0, len(text))))
    return DmarcRecord(
        text,
        tags,
        p=_policy(tags, "p"),
        sp=_policy(tags, "sp"),
        np=_policy(tags, "np"),
        unsound=unsound,
        psd=_choice(tags, "psd", "u"),
        testing=_choice(tags, "t", "n") == "y",
        adkim=_choice(tags, "adkim", "r"),
        aspf=_choice(tags, "aspf", "r"),
        fo=_fo(tags.find("fo")),
        rua=rua,
        ruf=ruf,
        faults=tuple(sorted(faults, key=lambda fault: fault.span)),
    )


def _lower(tags: TagList) -> TagList:
    """Tag names are case-insensitive here: the ABNF writes them as plain strings."""
    named = tuple(Tag(tag.name.lower(), tag.value, tag.span, tag.value_span) for tag in tags.tags)
    others = (fault for fault in tags.faults if fault.code != "tag-twice")
    return TagList(tags.text, named, (*others, *repeated(named)))


def _policy(tags: TagList, name: str) -> Policy | None:
    value = tags.value(name).lower()
    return Policy(value) if value in list(Policy) else None


def _is_unsound(tags: TagList) -> bool:
    return _policy(tags, "p") is None or any(tags.find(name) and _policy(tags, name) is None for name in ("sp", "np"))


def _choice(tags: TagList, name: str, default: str) -> str:
    value = tags.value(name, default).lower()
    return value if value in _CHOICES[name] else default


def _fo(tag: Tag | None) -> tuple[str, ...]:
    return _options(tag) if tag and _is_fo(_options(tag)) else ("0",)


def _options(tag: Tag) -> tuple[str, ...]:
    return tuple(part.strip().lower() for part in tag.value.split(":"))


def _is_fo(options: tuple[str, ...]) -> bool:
    """Each once, and 0 and 1 not together (§4.8)."""
    return set(options) <= set("01ds") and len(set(options)) == len(options) and not {"0", "1"} <= set(options)


def _uris(tags: TagList, name: str) -> tuple[tuple[ReportUri, ...], tuple[RecordFault, ...]]:
    tag = tags.find(name)
    return parse_report_uris(tag, ("mailto",)) if tag else ((), ())


def _faults(tags: TagList) -> Iterator[RecordFault]:
    if not is_dmarc(tags.text):
        yield RecordFault("version", "does not begin with v=DMARC1", (0, min(len(tags.text), 8)))
    for fault in (*tags.faults, *strange_octets(tags.text)):
        yield RecordFault(fault.code, fault.message, fault.span, fatal=fault.code == "tag-twice")  # RFC 6376 §3.2
    for tag in tags.tags:
        yield from _tag_faults(tag)
    if tags.find("p") is None:
        yield RecordFault("policy-missing", "there is no p=", (0, len(tags.text)), fatal=False)
    if (fo := tags.find("fo")) and not tags.find("ruf"):
        yield RecordFault("fo-without-ruf", "fo= does nothing without ruf=", fo.span, fatal=False)


def _tag_faults(tag: Tag) -> Iterator[RecordFault]:
    value = tag.value.lower()
    if tag.name in _REMOVED:
        yield RecordFault("removed-tag", f"RFC 9989 has removed {tag.name}=", tag.span, fatal=False)
    if tag.name in _POLICY_TAGS and value not in list(Policy):
        yield RecordFault(
            "bad-policy", f"{tag.name}={tag.value[:40]} is not none, quarantine or reject", tag.span, fatal=False
        )
    if value not in _CHOICES.get(tag.name, (value,)):
        allowed = ", ".join(_CHOICES[tag.name])
        yield RecordFault("bad-value", f"{tag.name}={tag.value[:40]} is none of {allowed}", tag.span, fatal=False)
    if tag.name == "fo" and not _is_fo(_options(tag)):
        yield RecordFault(
            "bad-value",
            f"fo={tag.value[:40]} is not valid: fo= takes 0, 1, d and s, joined by colons, each at most once",
            tag.span,
            fatal=False,
        )
