"""The texts of a batch as one template that a provider fills in: what all mails have in common, and each mail's own values.

The template is derived from the mails, so it needs no second template language and gives every mail back to the byte. Words
that all mails have in the same order are literals; what lies between two literals is a variable. Places with the same values
in every mail share a variable. Written in a provider's own syntax by `SharedTemplate.written`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile

from benchkit.model.message import Message

TEXTS = ("subject", "text", "html")
_WORD = re.compile(r"\S+\s*|\s+")
_LEAST_LITERAL = 8  # characters: a variable more costs about as many bytes in every mail

Literals = tuple[str, ...]  # the first begins every text and the last ends it; both may be empty


@dataclass(frozen=True, slots=True)
class TemplateSyntax:
    """`reserved`: what the provider would read, so that no literal may hold it. `edge`: characters that may not touch a tag."""

    reserved: re.Pattern[str]
    edge: str


@dataclass(frozen=True, slots=True)
class SharedTemplate:
    """Of each field its parts, literals and names of variables in turn; of each mail its values by name."""

    parts: Mapping[str, tuple[str, ...]]
    values: tuple[Mapping[str, str], ...]

    def written(self, tag: Callable[[str], str]) -> dict[str, str]:
        """Each field as the provider gets it."""
        return {
            field: "".join(tag(part) if number % 2 else part for number, part in enumerate(parts))
            for field, parts in self.parts.items()
        }


Sharing = Callable[[Mapping[str, Sequence[str]], TemplateSyntax], SharedTemplate]


def shared_template(texts: Mapping[str, Sequence[str]], syntax: TemplateSyntax) -> SharedTemplate:
    """`texts`: of each field its text in every mail, in the same order."""
    names: dict[tuple[str, ...], str] = {}
    parts = {field: _named(column, syntax, names) for field, column in texts.items()}
    number = max(map(len, texts.values()), default=0)
    rows = zip(*names, strict=True) if names else ((),) * number
    return SharedTemplate(parts, tuple(dict(zip(names.values(), row, strict=True)) for row in rows))


def whole_texts(texts: Mapping[str, Sequence[str]], syntax: TemplateSyntax) -> SharedTemplate:
    """The same with nothing shared within a text: a field that differs is a variable of its own name."""
    own = {
        field: column for field, column in texts.items() if len(set(column)) > 1 or syntax.reserved.search(column[0])
    }
    parts = {field: ("", field, "") if field in own else (column[0],) for field, column in texts.items()}
    number = max(map(len, texts.values()), default=0)
    return SharedTemplate(parts, tuple({field: own[field][i] for field in own} for i in range(number)))


def texts_of(messages: Sequence[Message]) -> dict[str, list[str]]:
    """Subject and bodies, as far as some of these mails have them."""
    columns = {name: [getattr(message.content, name) for message in messages] for name in TEXTS}
    return {name: column for name, column in columns.items() if any(column)}


def _named(texts: Sequence[str], syntax: TemplateSyntax, names: dict[tuple[str, ...], str]) -> tuple[str, ...]:
    literals = _usable(_common(texts), syntax)
    columns = list(zip(*(_require_gaps(literals, text) for text in texts), strict=True))
    literals, columns = _widened(literals, columns, syntax)
    parts = [literals[0]]
    for column, literal in zip(columns, literals[1:], strict=True):
        parts += [names.setdefault(column, f"v{len(names)}"), literal]
    return tuple(parts)


def _common(texts: Iterable[str]) -> Literals:
    """What all texts have in common. Only a text that does not fit what was found so far is compared word by word."""
    distinct = iter(dict.fromkeys(texts))
    literals: Literals = (next(distinct, ""),)
    for text in distinct:
        if _gaps(literals, text) is None:
            literals = _reduced(literals, text)
    return literals


def _gaps(literals: Literals, text: str) -> tuple[str, ...] | None:
    """What lies between the literals, each at its first place; None where the text does not fit."""
    if len(literals) == 1:
        return () if text == literals[0] else None
    first, *inner, last = literals
    end = len(text) - len(last)
    if len(first) > end or not text.startswith(first) or not text.endswith(last):
        return None
    found, place = [], len(first)
    for literal in inner:
        at = text.find(literal, place, end)
        if at < 0:
            return None
        found.append(text[place:at])
        place = at + len(literal)
    return (*found, text[place:end])


def _require_gaps(literals: Literals, text: str) -> tuple[str, ...]:
    found = _gaps(literals, text)
    assert found is not None, "the literals are parts of every text"
    return found


def _reduced(literals: Literals, text: str) -> Literals:
    """The words of the literals that this text has too, in order."""
    old: list[object] = []
    for literal in literals:
        old += [*_WORD.findall(literal), object()]  # an object of its own equals no word: literals do not grow together
    old.pop()
    new = _WORD.findall(text)
    blocks = [block for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks() if block.size]
    fixed_texts = ["".join(new[block.b : block.b + block.size]) for block in blocks]
    opens = bool(blocks) and blocks[0].a == blocks[0].b == 0
    closes = bool(blocks) and blocks[-1].a + blocks[-1].size == len(old) and blocks[-1].b + blocks[-1].size == len(new)
    first, last = fixed_texts.pop(0) if opens else "", fixed_texts.pop() if closes and fixed_texts else ""
    return (first, *(literal for literal in fixed_texts if len(literal) >= _LEAST_LITERAL), last)


def _usable(literals: Literals, syntax: TemplateSyntax) -> Literals:
    """Without what the provider would read: that becomes a variable whose value is the same in every mail."""
    if len(literals) == 1 and not syntax.reserved.search(literals[0]):
        return literals
    pieces = [piece for literal in literals for piece in syntax.reserved.split(literal)]
    first, *inner, last = pieces
    fixed_texts = [piece for piece in (piece.strip(syntax.edge) for piece in inner) if len(piece) >= _LEAST_LITERAL]
    return (first.rstrip(syntax.edge), *fixed_texts, last.lstrip(syntax.edge))


def _widened(
    literals: Literals, columns: list[tuple[str, ...]], syntax: TemplateSyntax
) -> tuple[Literals, list[tuple[str, ...]]]:
    """What all values of a variable begin or end with belongs to the template, as far as it is no part of a word."""
    wide, narrow = list(literals), []
    for number, column in enumerate(columns):
        before = _movable(_common_start(column), wide[number], syntax)
        rest = [value[len(before) :] for value in column]
        after = _movable(_common_start([value[::-1] for value in rest]), wide[number + 1][::-1], syntax)[::-1]
        wide[number] += before
        wide[number + 1] = after + wide[number + 1]
        narrow.append(tuple(value[: len(value) - len(after)] for value in rest))
    return tuple(wide), narrow


def _common_start(texts: Sequence[str]) -> str:
    """The first and the last in order of the alphabet differ soonest."""
    first, last = min(texts), max(texts)
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(sign for sign, _ in pairs)


def _movable(text: str, literal: str, syntax: TemplateSyntax) -> str:
    """What of `text` may follow the literal; both are read backwards where it comes before the literal."""
    fits = list(takewhile(lambda sign: sign not in syntax.edge, text))
    while fits and fits[-1].isalnum():
        fits.pop()
    moved = "".join(fits)
    joined = literal + moved
    return "" if syntax.reserved.search(joined) or syntax.reserved.search(joined[::-1]) else moved
