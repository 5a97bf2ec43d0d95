"""Text to paste into a zone: records to add, and `; remove` lines with the records that they take the place of.

Law: every paste is whole. Applied to the zone as it stands (the named records out, the others in), it removes its finding.
"""

from __future__ import annotations

from collections.abc import Sequence

from benchkit.model.dns import Answer, Record

LONGEST_STRING = 255  # octets of one character-string (RFC 1035 §3.3)
REMOVE = "; remove "


def add(name: str, type: str, text: str) -> str:  # noqa: A002 (the field's word)
    return f"{name}. IN {type} {text}"


def remove(name: str, record: Record) -> str:
    return REMOVE + add(name, record.type, record.text)


def replace(name: str, old: Sequence[Record], type: str, text: str) -> str:  # noqa: A002
    return lines(*(remove(name, record) for record in old), add(name, type, text))


def replace_txt(name: str, old: Sequence[Record], text: str) -> str:
    return replace(name, old, "TXT", txt(text))


def add_txt(name: str, text: str) -> str:
    return add(name, "TXT", txt(text))


def lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def txt(text: str) -> str:
    """Character-strings of at most 255 octets, quoted (RFC 1035 §5.1)."""
    raw = text.encode("latin-1", "replace")
    pieces = [raw[at : at + LONGEST_STRING] for at in range(0, len(raw), LONGEST_STRING)] or [b""]
    return " ".join(f'"{"".join(map(_escaped, piece))}"' for piece in pieces)


def _escaped(octet: int) -> str:
    character = chr(octet)
    if character in '"\\':
        return "\\" + character
    return character if 0x20 <= octet < 0x7F else f"\\{octet:03d}"


def holder(answer: Answer) -> str:
    """The name that really holds the records: the end of the CNAME chain."""
    return answer.cnames[-1] if answer.cnames else answer.name
