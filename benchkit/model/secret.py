"""Secrets: where one is read from, a revealed one that nothing prints by accident, and hiding them in text from outside.

A server or a library may repeat a credential plain, in base64 (also inside a larger text, as in AUTH PLAIN and Basic),
percent-encoded, as hex, escaped, split by line breaks, or cut off. So a secret is found by its pieces: every 8 octets of it are
hidden, and a shorter secret as a whole.
"""

from __future__ import annotations

import html
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

HIDDEN = "[hidden]"
_PIECE = 8
_SHORTEST = 4  # octets of a form other than the plain one; fewer would hide ordinary words
_CUT = "…"  # how model/outside_text.py ends a text that was too long
_ESCAPE = re.compile(
    r"(?:%|=|\\x)([0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|(&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,6});)|\\(.)",
    re.DOTALL,
)
_OUTSIDE_HEX = frozenset(b" \t\r\n:-.,")
_OUTSIDE_TEXT = frozenset(b" \t\r\n")

# One octet of a reading of the text, and the characters that it was read from.
_Octets = list[tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Where a secret is to be read from: `env` NAME, `file` PATH, `netrc` HOST. Never the secret itself."""

    source: str
    name: str


class Secret:
    """A revealed secret: no repr, str or format shows it; only `reveal` does."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__


class SecretMask:
    """`hide` replaces what reveals one of the secrets, and leaves all other text as it is."""

    def __init__(self, secrets: Iterable[str]) -> None:
        plain: set[bytes] = set()
        in_hex: set[bytes] = set()
        for secret in filter(None, secrets):
            for form in _forms(secret.encode("utf-8", "surrogateescape")):
                plain |= _pieces(bytes(octet for octet in form if octet not in _OUTSIDE_TEXT))
                in_hex |= _pieces(form.hex().encode(), 2) if len(form) >= _SHORTEST else set()
        self._plain = _by_length(plain)
        self._in_hex = _by_length(in_hex)

    def hide(self, text: str) -> str:
        """The text without secrets; HIDDEN stands for each."""
        if not text or not self._plain:
            return text
        if text.endswith(_CUT):  # the beginning of a secret may stand before the cut
            text = text[: -len(_CUT) - _PIECE] + _CUT
        as_written = [*_as_written(text)]
        spans = [
            *_found(_without(as_written, _OUTSIDE_TEXT), self._plain),
            *_found(_without(_unescaped(text), _OUTSIDE_TEXT), self._plain),
            *_found(_without(_hex_digits(text, as_written), _OUTSIDE_HEX), self._in_hex),
        ]
        return _replaced(text, sorted(spans)) if spans else text


def _forms(secret: bytes) -> Iterator[bytes]:
    """Plain, with plus signs for spaces, in base64, and in base64 of base64 (what an echo of a Basic header may be)."""
    yield secret
    yield secret.replace(b" ", b"+")
    for encoded in {*_in_base64(secret)}:
        yield encoded
        yield from _in_base64(encoded)


def _in_base64(data: bytes) -> Iterator[bytes]:
    """The characters that do not depend on what stands around the data, for each place where it may begin (RFC 4648 §4, §5)."""
    for before in range(3):
        encoded = b64encode(bytes(before) + data)
        first, last = -(-before * 8 // 6), (before + len(data)) * 8 // 6
        for form in (encoded[first:last], encoded) if not before else (encoded[first:last],):
            if len(form) >= _SHORTEST:
                yield form
                yield form.replace(b"+", b"-").replace(b"/", b"_")


def _pieces(form: bytes, octet_width: int = 1) -> set[bytes]:
    if not form:
        return set()
    width = min(_PIECE * octet_width, len(form))
    return {form[at : at + width] for at in range(0, len(form) - width + 1, octet_width)}


def _by_length(pieces: Iterable[bytes]) -> dict[int, frozenset[bytes]]:
    lengths = {len(piece) for piece in pieces}
    return {length: frozenset(piece for piece in pieces if len(piece) == length) for length in lengths}


def _as_written(text: str) -> Iterator[tuple[int, int, int]]:
    for at, character in enumerate(text):
        for octet in character.encode("utf-8", "surrogatepass"):
            yield octet, at, at + 1


def _unescaped(text: str) -> Iterator[tuple[int, int, int]]:
    """With %41, =41, \\x41, \\u0041, &#65; and \\" read as what they stand for."""
    at = 0
    for found in _ESCAPE.finditer(text):
        yield from ((octet, at + begin, at + end) for octet, begin, end in _as_written(text[at : found.start()]))
        at = found.end()
        octet, code_point, entity, character = found.groups()
        if octet:
            read = bytes([int(octet, 16)])
        else:
            stands_for = chr(int(code_point, 16)) if code_point else html.unescape(entity) if entity else character
            read = stands_for.encode("utf-8", "surrogatepass")
        yield from ((each, found.start(), at) for each in read)
    yield from ((octet, at + begin, at + end) for octet, begin, end in _as_written(text[at:]))


def _hex_digits(text: str, as_written: Sequence[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """In lower case, without `0x`."""
    prefixes = {at for found in re.finditer(r"0x|\\x", text) for at in range(found.start(), found.end())}
    lower = range(ord("A"), ord("F") + 1)
    for octet, begin, end in as_written:
        if begin not in prefixes:
            yield octet + 32 if octet in lower else octet, begin, end


def _without(octets: Iterable[tuple[int, int, int]], outside: frozenset[int]) -> _Octets:
    return [each for each in octets if each[0] not in outside]


def _found(octets: _Octets, pieces: dict[int, frozenset[bytes]]) -> Iterator[tuple[int, int]]:
    """Spans of characters that hold a piece."""
    data = bytes(octet for octet, _, _ in octets)
    for length, known in pieces.items():
        for at in range(len(data) - length + 1):
            if data[at : at + length] in known:
                yield octets[at][1], octets[at + length - 1][2]


def _replaced(text: str, spans: Sequence[tuple[int, int]]) -> str:
    shown, at = "", 0
    for begin, end in spans:
        if begin > at or not shown:
            shown += text[at:begin] + HIDDEN
        at = max(at, end)
    return shown + text[at:]


NO_SECRETS = SecretMask(())
