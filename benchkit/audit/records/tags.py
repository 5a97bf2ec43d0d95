"""`name=value; name=value`: the tag-list (RFC 6376 §3.2) that DKIM, DMARC, MTA-STS, TLS-RPT and BIMI share.

Only this grammar is here: it finds tags, their positions, and repeated tags. Each record's own file has its further rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from benchkit.audit.records.text import RecordFault, Span

BLANK = " \t\r\n"  # FWS, once the line ends are gone
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag; `name` as written, `value` without the blanks around it; the spans leave those blanks out."""

    name: str
    value: str
    span: Span
    value_span: Span


@dataclass(frozen=True, slots=True)
class TagList:
    """The tags in their order, those with a faulty name left out, and what is wrong with the list."""

    text: str
    tags: tuple[Tag, ...]
    faults: tuple[RecordFault, ...]

    def find(self, name: str) -> Tag | None:
        """The first tag of that exact name: names are case-sensitive (RFC 6376 §3.2)."""
        return next((tag for tag in self.tags if tag.name == name), None)

    def value(self, name: str, default: str = "") -> str:
        tag = self.find(name)
        return tag.value if tag else default


def parse_tags(text: str, *, names: re.Pattern[str] = _NAME) -> TagList:
    """Any text → its tags. An empty piece is a fault unless it is the last."""
    tags: list[Tag] = []
    faults: list[RecordFault] = []
    for span, last in _pieces(text):
        found = _tag(text, span, names)
        if isinstance(found, Tag):
            tags.append(found)
        elif found.span[0] < found.span[1] or not last:
            faults.append(found)
    faults.extend(repeated(tags))
    return TagList(text, tuple(tags), tuple(faults))


def trim(text: str, span: Span) -> Span:
    """The span without the blanks at both its ends; an empty one stays where it began."""
    start, end = span
    while start < end and text[start] in BLANK:
        start += 1
    while end > start and text[end - 1] in BLANK:
        end -= 1
    return start, end


def _pieces(text: str) -> Iterator[tuple[Span, bool]]:
    start = 0
    while True:
        end = text.find(";", start)
        if end < 0:
            yield (start, len(text)), True
            return
        yield (start, end), False
        start = end + 1


def _tag(text: str, piece: Span, names: re.Pattern[str]) -> Tag | RecordFault:
    span = start, end = trim(text, piece)
    if start == end:
        return RecordFault("empty-tag", "two separators with nothing between them", span, fatal=False)
    equals = text.find("=", start, end)
    if equals < 0:
        return RecordFault("tag-without-value", f"{text[start:end][:40]!r} has no '='", span)
    name = text[start:equals].rstrip(BLANK)
    if not names.match(name):
        return RecordFault("tag-name", f"{name[:40]!r} is not a tag name", span)
    value_span = trim(text, (equals + 1, end))
    return Tag(name, text[slice(*value_span)], span, value_span)


def repeated(tags: Iterable[Tag]) -> Iterator[RecordFault]:
    """Every tag whose name an earlier one has."""
    seen: set[str] = set()
    for tag in tags:
        if tag.name in seen:  # RFC 6376 §3.2: the whole list is then invalid
            yield RecordFault("tag-twice", f"{tag.name}= appears more than once", tag.span)
        seen.add(tag.name)
