"""Octets of a TXT record as text with true positions, and the one shape of a fault in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from benchkit.model.dns import Answer, Record

_STRANGE = re.compile(r"[^\t\r\n\x20-\x7e]+")
_NAMES = {
    "typographic quotation mark": "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb\u2039\u203a",
    "typographic dash": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212",
}
_CYRILLIC = dict(zip("аВсԁеһіјӏоԛрѕԝхуАЕЅІЈКМНОРСТХ", "aBcdehijloqpswxyAESIJKMHOPCTX", strict=True))
_GREEK = dict(zip("οΑΒΕΙΚΜΝΟΡΤΧ", "oABEIKMNOPTX", strict=True))
LOOK_ALIKES = _CYRILLIC | _GREEK  # the ASCII letter that each of them looks like
# What may stand before a record that was meant to begin there: blanks, quotation marks, and all that is not ASCII.
BEFORE = r"(?:[\s\"'(]|[^\x21-\x7e])*"
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
        yield RecordFault("strange-octets", f"holds {described(run[0])}, and only ASCII may stand there", run.span())


def strange_in(text: str) -> str:
    """`, which holds` and the first character that no mail record may hold; "" for a text of ASCII."""
    run = _STRANGE.search(text)
    return f", which holds {described(run[0])}" if run else ""


def readable(text: str) -> str:
    """Characters where the octets are UTF-8, for showing; the text as it is where they are not."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def folded(text: str) -> str:
    """As it is shown, with the ASCII letter for each letter that only looks like one."""
    return readable(text).translate({ord(each): letter for each, letter in LOOK_ALIKES.items()})


def described(octets: str) -> str:
    """Names the first character of a run that is not ASCII: "a typographic quotation mark “ (U+201C)"."""
    decoded = readable(octets)
    first = decoded[:1]
    if decoded == octets and first > "\x7f":
        return f"the octet 0x{ord(first):02X}, which is no UTF-8"
    if not first.isprintable() or first.isspace():
        return f"an invisible character ({unicodedata.name(first, 'control character')}, U+{ord(first):04X})"
    if first in LOOK_ALIKES:
        alphabet = "Cyrillic" if first in _CYRILLIC else "Greek"
        return f"the {alphabet} letter {first} (U+{ord(first):04X}), which only looks like {LOOK_ALIKES[first]}"
    kind = next((name for name, characters in _NAMES.items() if first in characters), "character")
    return f"a {kind} {first} (U+{ord(first):04X})"
