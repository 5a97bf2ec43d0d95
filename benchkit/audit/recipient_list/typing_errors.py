"""A domain one slip away from a large provider's: a letter too many, too few, wrong, or two exchanged (Damerau 1964).

It stays a likelihood: a domain with such a name may exist, so the reader gets both spellings.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from benchkit.audit.tables.mail_providers import BIG_DOMAINS

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-."
KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
SHORTEST = 5  # letters of a provider's name: one slip away from "gmx" or "web" are too many real names
WORDS = frozenset(
    {"email", "inbox", "online", "planet", "centrum", "globo", "terra", "charter", "frontier"}
)  # … and words
WRONG_ENDINGS = {
    ".com": (".con", ".cmo", ".ocm", ".vom", ".xom", ".comm", ".coom", ".cpm", ".cim", ".cm", ".om", ".co"),
    ".net": (".nte", ".ner", ".met", ".nett", ".ne"),
    ".de": (".d", ".dee"),
    ".ru": (".ry", ".rru"),
}


def likely_domain(domain: str) -> str | None:
    """The provider's domain that was probably meant; None for every other domain, and for a provider's own."""
    return None if domain in BIG_DOMAINS else _slips().get(domain)


@cache
def _slips() -> dict[str, str]:
    """Each wrong spelling → the right one; a spelling that two domains share means neither."""
    found: dict[str, str | None] = {}
    for right in sorted(BIG_DOMAINS):
        for wrong in set(_spellings(right)) - BIG_DOMAINS:
            found[wrong] = right if found.get(wrong, right) == right else None
    return {wrong: right for wrong, right in found.items() if right is not None}


def _spellings(right: str) -> Iterator[str]:
    name, dot, ending = right.partition(".")
    for wrong in WRONG_ENDINGS.get(dot + ending, ()):
        yield name + wrong
    if len(name) >= SHORTEST and name not in WORDS:
        yield from (wrong + dot + ending for wrong in _one_slip(name) if "." not in wrong and wrong.strip("-") == wrong)


def _one_slip(word: str) -> Iterator[str]:
    for place in range(len(word) + 1):
        before, after = word[:place], word[place:]
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in LETTERS if place or _are_neighbours(letter, word[0]))
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        if place:  # a letter before the whole is another name: "xgmail"
            yield from (before + letter + after for letter in LETTERS)


def _are_neighbours(one: str, other: str) -> bool:
    """On a QWERTY keyboard. A name that begins with quite another letter is another name, such as "email" beside "gmail"."""
    places = {key: (row, column) for row, keys in enumerate(KEYS) for column, key in enumerate(keys)}
    if one not in places or other not in places:
        return False
    (row, column), (other_row, other_column) = places[one], places[other]
    return abs(row - other_row) <= 1 and abs(column - other_column) <= 1
