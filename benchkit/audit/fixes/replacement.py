"""Records made for a fix: one text in the place of the old records of its kind, at the name that really holds them."""

from __future__ import annotations

from collections.abc import Sequence

from benchkit.audit.fixes.zone_names import whom_to_ask
from benchkit.model.dns import Answer, Record
from benchkit.model.record_fix import RecordFix

LONGEST_STRING = 255  # octets of one character-string (RFC 1035 §3.3)


def txt_record(text: str) -> Record:
    """Character-strings of at most 255 octets, quoted (RFC 1035 §5.1)."""
    raw = text.encode("latin-1", "replace")
    pieces = [raw[at : at + LONGEST_STRING] for at in range(0, len(raw), LONGEST_STRING)] or [b""]
    shown = " ".join(f'"{"".join(map(_escaped, piece))}"' for piece in pieces)
    return Record("TXT", shown, tuple(pieces))


def record(type: str, text: str) -> Record:  # noqa: A002 (the field's word)
    return Record(type, text)


def fixed(
    domain: str,
    what: str,
    name: str,
    *,
    before: Sequence[Record] = (),
    after: Sequence[Record] = (),
    changes: Sequence[str] = (),
    when: str = "",
    unless: str = "",
) -> RecordFix:
    """A fix that names who to ask, where `name` is not in a zone of the owner of `domain`."""
    return RecordFix(what, name, tuple(before), tuple(after), tuple(changes), whom_to_ask(domain, name), when, unless)


def held(answer: Answer, records: Sequence[Record]) -> tuple[Record, ...]:
    """The records that are at the very name: those of a wildcard are not, and stay where they are."""
    return () if answer.wildcard else tuple(records)


def holder(answer: Answer) -> str:
    """The name that really holds the records: the end of the CNAME chain."""
    return answer.cnames[-1] if answer.cnames else answer.name


def _escaped(octet: int) -> str:
    character = chr(octet)
    if character in '"\\':
        return "\\" + character
    return character if 0x20 <= octet < 0x7F else f"\\{octet:03d}"
