"""BIMI assertion records at `<selector>._bimi` (draft-brand-indicators-for-message-identification: still a draft)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from benchkit.audit.records.selection import Selection, select
from benchkit.audit.records.tags import TagList, parse_tags
from benchkit.audit.records.text import BEFORE, RecordFault, as_text, is_fatal, strange_octets

_VERSION = re.compile(r"[ \t]*v[ \t]*=[ \t]*BIMI1[ \t]*(?:;|\Z)")
_ALMOST = re.compile(BEFORE + r"(?:v\s*[=:]?\s*\"?bimi|bimi1?\b|[la]\s*=\s*https?:)", re.IGNORECASE)
_HTTPS = re.compile(r"https://[^\s,;/?#@:]+(?::[0-9]{1,5})?(?:[/?#][^\s,;]*)?\Z", re.IGNORECASE)
_PREFERENCES = ("brand", "personal")


@dataclass(frozen=True, slots=True)
class BimiRecord:
    """`location` is the SVG, `authority` the certificate (VMC or CMC)."""

    text: str
    tags: TagList
    location: str = ""
    authority: str = ""
    avatar_preference: str = "brand"
    local_parts: tuple[str, ...] = ()
    faults: tuple[RecordFault, ...] = ()

    @property
    def valid(self) -> bool:
        return not is_fatal(self.faults)

    @property
    def declined(self) -> bool:
        """An empty l= says that the domain wants no indicator."""
        return self.tags.find("l") is not None and not self.location and not self.authority


def select_bimi(texts: Iterable[bytes | str]) -> Selection:
    """The BIMI records among TXT texts; unless it is exactly one, there is no indicator."""
    return select(texts, lambda text: _VERSION.match(text) is not None, _ALMOST)


def parse_bimi(raw: bytes | str) -> BimiRecord:
    """Any text → a record with its faults; never raises."""
    text = as_text(raw)
    tags = parse_tags(text)
    preference = tags.value("avp", "brand").lower()
    return BimiRecord(
        text,
        tags,
        location=tags.value("l"),
        authority=tags.value("a"),
        avatar_preference=preference if preference in _PREFERENCES else "brand",
        local_parts=tuple(part for word in tags.value("lps").split(",") if (part := word.strip().lower())),
        faults=tuple(_faults(tags)),
    )


def _faults(tags: TagList) -> Iterator[RecordFault]:
    yield from strange_octets(tags.text)
    yield from tags.faults
    if not _VERSION.match(tags.text):
        yield RecordFault("version", "does not begin with v=BIMI1;", (0, min(len(tags.text), 8)))
    if tags.find("l") is None:
        yield RecordFault("location-missing", "there is no l= with the address of the SVG", (0, len(tags.text)))
    for name, what in (("l", "SVG"), ("a", "certificate")):
        if (tag := tags.find(name)) and tag.value and not _HTTPS.match(tag.value):
            yield RecordFault("bad-uri", f"{name}= is no https: address of one {what}", tag.value_span)
    if (tag := tags.find("avp")) and tag.value.lower() not in _PREFERENCES:
        yield RecordFault("bad-preference", "avp= is brand or personal", tag.value_span, fatal=False)
