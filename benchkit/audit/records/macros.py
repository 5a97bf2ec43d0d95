"""SPF's macro strings (RFC 7208 §7): text → literals and macros. spf/expansion.py expands the macros."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from benchkit.audit.records.text import RecordFault, Span, described

_MACRO = re.compile(r"%\{([A-Za-z])([0-9]*)([rR]?)([-.+,/_=]*)\}")
_ESCAPES = {"%%": "%", "%_": " ", "%-": "%20"}
_LETTERS = frozenset("slodiphv")
_ONLY_IN_EXPLANATIONS = frozenset("crt")
_LITERALS = re.compile(r"[^%]+")
_INVISIBLE = re.compile(r"[^\x21-\x7e]+")
MOST_PARTS = 128  # what a count of parts is capped at: no name has more labels (§7.3 asks for at least 127)


@dataclass(frozen=True, slots=True)
class Macro:
    """`%{d2r-}`: `letter` is lower case, `escaped` tells that it was written in upper case, `parts` 0 means all of them."""

    letter: str
    escaped: bool
    parts: int
    reverse: bool
    delimiters: str


@dataclass(frozen=True, slots=True)
class Literal:
    """Text that stands for itself; `escape` when it came of `%%`, `%_` or `%-`."""

    text: str
    escape: bool = False


@dataclass(frozen=True, slots=True)
class MacroString:
    """A whole macro string, at its place in the record."""

    text: str
    span: Span
    parts: tuple[Literal | Macro, ...] = ()

    @property
    def letters(self) -> frozenset[str]:
        """What must be known of a message to expand it."""
        return frozenset(part.letter for part in self.parts if isinstance(part, Macro))


def parse_macros(
    text: str, offset: int = 0, *, explanation: bool = False
) -> tuple[MacroString, tuple[RecordFault, ...]]:
    """Any text → its parts. In the text of an explanation the letters c, r, t and the space are allowed too (§6.2)."""
    parts: list[Literal | Macro] = []
    faults: list[RecordFault] = []
    for found in _scan(text, explanation):
        if isinstance(found, RecordFault):
            faults.append(RecordFault(found.code, found.message, (found.span[0] + offset, found.span[1] + offset)))
        else:
            parts.append(found)
    return MacroString(text, (offset, offset + len(text)), tuple(parts)), tuple(faults)


def _scan(text: str, explanation: bool) -> Iterator[Literal | Macro | RecordFault]:
    at = 0
    while at < len(text):
        if literal := _LITERALS.match(text, at):
            yield from _literal(literal[0], at, explanation)
            at = literal.end()
        elif text[at : at + 2] in _ESCAPES:
            yield Literal(_ESCAPES[text[at : at + 2]], escape=True)
            at += 2
        elif macro := _MACRO.match(text, at):
            yield _macro(macro, explanation)
            at = macro.end()
        else:
            yield RecordFault("macro-syntax", "'%' begins no macro: it is %{letter}, %%, %_ or %-", (at, at + 1))
            at += 1


def _literal(text: str, at: int, explanation: bool) -> Iterator[Literal | RecordFault]:
    yield Literal(text)
    for bad in _INVISIBLE.finditer(text):
        if not (explanation and not bad[0].strip(" ")):
            yield RecordFault("strange-octets", f"holds {described(bad[0])}", (at + bad.start(), at + bad.end()))


def _macro(match: re.Match[str], explanation: bool) -> Macro | RecordFault:
    letter, digits, reverse, delimiters = match.groups()
    known = _LETTERS | _ONLY_IN_EXPLANATIONS if explanation else _LETTERS
    if letter.lower() not in known:
        only = " outside explanation text" if letter.lower() in _ONLY_IN_EXPLANATIONS else ""
        return RecordFault("macro-letter", f"there is no macro %{{{letter}}}{only}", match.span())
    if digits and not digits.strip("0"):
        return RecordFault("macro-digits", "a number of parts must not be zero", match.span())
    parts = min(int(digits.lstrip("0")[:4]), MOST_PARTS) if digits else 0
    return Macro(letter.lower(), letter.isupper(), parts, bool(reverse), delimiters)
