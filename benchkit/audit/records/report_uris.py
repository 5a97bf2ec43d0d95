"""The lists of report addresses in `rua` and `ruf` (RFC 9989 §4.6, §4.8; RFC 8460 §3 writes the same list)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from benchkit.audit.records.tags import Tag, trim
from benchkit.audit.records.text import RecordFault, Span

_URI = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):([^\s,]+)\Z")
_SIZE = re.compile(r"!([0-9]+[kmgtKMGT]?)\Z")
_MAILBOX = re.compile(
    r"[^@\s!,;/][^@\s!,;]*@((?:[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?\.)+[A-Za-z0-9-]*[A-Za-z0-9])(?:\?.*)?\Z"
)


@dataclass(frozen=True, slots=True)
class ReportUri:
    """`domain`: where a mailto: leads, lower case, empty for other schemes; `size`: the obsolete `!10m`, without the `!`."""

    text: str
    scheme: str
    span: Span
    domain: str = ""
    size: str = ""


def parse_report_uris(tag: Tag, schemes: tuple[str, ...]) -> tuple[tuple[ReportUri, ...], tuple[RecordFault, ...]]:
    """A tag's comma-separated URIs of these schemes, and what is wrong with the others. No fault here is fatal by itself."""
    uris: list[ReportUri] = []
    faults: list[RecordFault] = []
    for piece, span in _pieces(tag):
        for found in _uri(piece, span, schemes):
            if isinstance(found, RecordFault):
                faults.append(found)
            else:
                uris.append(found)
    return tuple(uris), tuple(faults)


def holds_uri(tag: Tag) -> bool:
    """Whether one of the tag's URIs is well formed, whatever its scheme."""
    return any(_URI.match(piece) for piece, _ in _pieces(tag))


def _pieces(tag: Tag) -> Iterator[tuple[str, Span]]:
    at = 0
    for piece in tag.value.split(","):
        start, end = trim(tag.value, (at, at + len(piece)))
        yield tag.value[start:end], (tag.value_span[0] + start, tag.value_span[0] + end)
        at += len(piece) + 1


def _uri(text: str, span: Span, schemes: tuple[str, ...]) -> Iterator[ReportUri | RecordFault]:
    match = _URI.match(text)
    if match is None:
        hint = "; an address is written mailto:" if "@" in text and ":" not in text else ""
        yield RecordFault("bad-uri", f"{text[:60]!r} is no URI{hint}", span, fatal=False)
        return
    scheme = match[1].lower()
    if scheme not in schemes:
        yield RecordFault("uri-scheme", f"reports are not sent to {scheme[:20]}: addresses", span, fatal=False)
        return
    size = _SIZE.search(text)
    if size:
        yield RecordFault("uri-size", f"the size limit {size[0]} is obsolete", span, fatal=False)
    yield from _target(text[: size.start()] if size else text, scheme, size[1] if size else "", span)


def _target(text: str, scheme: str, size: str, span: Span) -> Iterator[ReportUri | RecordFault]:
    if scheme != "mailto":
        yield ReportUri(text, scheme, span, size=size)
        return
    mailbox = _MAILBOX.match(text.partition(":")[2])
    if mailbox:
        yield ReportUri(text, scheme, span, mailbox[1].lower(), size)
    else:
        hint = "; after mailto: there are no slashes (RFC 6068 §2)" if text.partition(":")[2][:1] == "/" else ""
        yield RecordFault("bad-mailbox", f"{text[:60]!r} leads to no mailbox{hint}", span, fatal=False)
