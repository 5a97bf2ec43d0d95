"""Octets of a TXT record as text with true positions, and the one shape of a fault in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from benchkit.model.dns import Answer, Record

_STRANGE = re.compile(r"[^\t\r\n\x20-\x7e]+")
Span = tuple[int, int]  # start and end in the record's text, as in a slice


@dataclass(frozen=True, slots=True)
class RecordFault:
    """One thing wrong in a record. `fatal`: a receiver that follows the RFC makes nothing of the whole record."""

    code: str
    message: str
    span: Span
    fatal: bool = True


def as_text(raw: bytes | str) -> str:
    """One octet, one character: the only decoding under which a span survives."""
    return raw if isinstance(raw, str) else raw.decode("latin-1")


def txt_of(record: Record) -> str:
    """A TXT record's strings joined without a space between them (RFC 7208 §3.3, RFC 6376 §3.6.2.2, RFC 9989 §4.5)."""
    return b"".join(record.strings).decode("latin-1") if record.strings else record.text


def txts_of(answer: Answer) -> tuple[str, ...]:
    """The texts of an answer's TXT records."""
    return tuple(txt_of(record) for record in answer.records if record.type == "TXT")


def is_fatal(faults: Iterable[RecordFault]) -> bool:
    """Whether any of them voids the record."""
    return any(fault.fatal for fault in faults)


def strange_octets(text: str, start: int = 0) -> Iterator[RecordFault]:
    """One fault for each run of characters that no mail record may hold: controls and what is not ASCII."""
    for run in _STRANGE.finditer(text, start):
        yield RecordFault("strange-octets", "control or non-ASCII octets", run.span())
