"""Which of a few known words a mistyped word was meant to be, and text without typographic characters. Knows no record."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

from benchkit.audit.records.text import LOOK_ALIKES, described, folded, readable

_QUOTES = "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb\u2039\u203a\u00b4\u2033"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"
_WORD = re.compile(r"(?<![^\s;:=,\"'])\w+")  # not within base64 or a host name
_FULLWIDTH = range(0xFF01, 0xFF5F)  # of East Asian keyboards: each ASCII character again
_ASCII = {
    **{wide: chr(wide - 0xFF01 + 0x21) for wide in _FULLWIDTH},
    **{ord(each): '"' for each in _QUOTES},
    **{ord(each): "-" for each in _DASHES},
}


def closest(word: str, known: Iterable[str], *, edits: int = 1) -> str:
    """The one known word within so many edits; "" for none, and for several that are equally near."""
    ranked = sorted((_distance(word.lower(), each, edits), each) for each in known)
    near = [each for each in ranked if each[0] <= edits]
    return near[0][1] if near and (len(near) == 1 or near[1][0] > near[0][0]) else ""


def _distance(one: str, other: str, limit: int) -> int:
    """Letters to add, remove, replace, or swap with the next one (optimal string alignment)."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        before, last, row = row, before, [at]
        for to, target in enumerate(other, 1):
            cost = min(before[to] + 1, row[-1] + 1, before[to - 1] + (letter != target))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == target:
                cost = min(cost, last[to - 2] + 1)
            row.append(cost)
    return row[-1]


def plain(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with ASCII for typographic quotation marks, dashes and blanks, and what was changed, in words."""
    shown = readable(text)
    plain_text = "".join(_plain_character(character) for character in shown.translate(_ASCII))
    strange = dict.fromkeys(
        character for character in shown if _plain_character(character) != character or ord(character) in _ASCII
    )
    if not strange:
        return text, ()
    named = ", ".join(f"U+{ord(each):04X} {unicodedata.name(each, 'control character')}" for each in strange)
    return plain_text, (f"typographic or invisible characters became plain ones ({named})",)


def without_look_alikes(text: str, known: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """The text with each of the known words, lower case, in ASCII where a letter of another alphabet stood in it."""
    shown, changes = readable(text), []

    def corrected(word: re.Match[str]) -> str:
        right = folded(word[0])
        if right == word[0] or right.lower() not in known:
            return word[0]
        strange = next(each for each in word[0] if each in LOOK_ALIKES)
        changes.append(f"`{word[0]}` became `{right}`: it holds {described(strange)}")
        return right

    made = _WORD.sub(corrected, shown)
    return (made, tuple(changes)) if changes else (text, ())


def _plain_character(character: str) -> str:
    if character == "\t" or (character.isspace() and character != " "):
        return " "
    return "" if unicodedata.category(character) in ("Cf", "Cc") else character
