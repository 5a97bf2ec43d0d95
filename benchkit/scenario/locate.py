"""The position of each key in a TOML text, for messages that point at it: key path → line and column, both from 1.

Law: this reads only text that a TOML parser has accepted, so it checks nothing; it knows just enough of the grammar
(toml.io v1.0: strings, comments, arrays, inline tables, dotted keys, headers) to pass over values and find keys.
The position of a key is that of its first character; of an element of an array, that of its value.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from typing import NamedTuple

KeyPath = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?!")'
    r"|'''.*?'''(?!')"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]*")


class Position(NamedTuple):
    line: int
    column: int


def locate(text: str) -> dict[KeyPath, Position]:
    """Positions of every key, table and array element of a valid TOML text; a key named twice stands where it is first."""
    return _Locator(text).document()


def split_key(text: str) -> tuple[tuple[str, ...], int]:
    """The segments of the dotted key that `text` begins with, and where it ends; ValueError when there is none."""
    locator = _Locator(text)
    segments = tuple(segment for segment, _ in locator.key())
    return segments, locator.at


class _Locator:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self._found: dict[KeyPath, Position] = {}
        self._lengths: dict[KeyPath, int] = {}  # of arrays of tables, so far

    def document(self) -> dict[KeyPath, Position]:
        table: KeyPath = ()
        while self._skip_blank():
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self._found

    def key(self) -> list[tuple[str, int]]:
        """A dotted key: its segments, each with where it begins."""
        segments = [self._segment()]
        while self._skip_blank() and self.text[self.at] == ".":
            self.at += 1
            segments.append(self._segment())
        return segments

    def _segment(self) -> tuple[str, int]:
        self._skip_blank()
        begin = self.at
        match = _STRING.match(self.text, begin) or _BARE.match(self.text, begin)
        if match is None:
            raise ValueError("a key is expected")
        self.at = match.end()
        written = match.group()
        return (tomllib.loads(f"key = {written}")["key"] if written[0] in "\"'" else written), begin

    def _header(self) -> KeyPath:
        brackets = 2 if self.text.startswith("[[", self.at) else 1
        self.at += brackets
        segments = self.key()
        self.at += brackets
        path: KeyPath = ()
        for number, (segment, begin) in enumerate(segments, start=1):
            path = (*path, segment)
            self._note(path, begin)
            if brackets == 2 and number == len(segments):
                self._lengths[path] = self._lengths.get(path, 0) + 1
            if path in self._lengths:
                path = (*path, self._lengths[path] - 1)
                self._note(path, begin)
        return path

    def _pair(self, table: KeyPath) -> None:
        path = table
        for segment, begin in self.key():
            path = (*path, segment)
            self._note(path, begin)
        self.at += len("=")
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        self._skip_blank()
        if self.text[self.at] == "[":
            self._array(path)
        elif self.text[self.at] == "{":
            self._inline_table(path)
        else:
            match = _STRING.match(self.text, self.at) or _SCALAR.match(self.text, self.at)
            assert match is not None  # _SCALAR matches the empty string too
            self.at = match.end()

    def _array(self, path: KeyPath) -> None:
        index = 0
        while self._next_item("]"):
            self._note((*path, index), self.at)
            self._value((*path, index))
            index += 1

    def _inline_table(self, path: KeyPath) -> None:
        while self._next_item("}"):
            self._pair(path)

    def _next_item(self, closing: str) -> bool:
        """Step over the opening bracket or a comma; False, and past the closing bracket, at the end."""
        self._skip_blank()
        if self.text[self.at] != closing:
            self.at += 1
            self._skip_blank()
        if self.text[self.at] != closing:
            return True
        self.at += 1
        return False

    def _skip_blank(self) -> bool:
        """Pass over spaces, line ends and comments; False at the end of the text."""
        match = _BLANK.match(self.text, self.at)
        assert match is not None
        self.at = match.end()
        return self.at < len(self.text)

    def _note(self, path: KeyPath, begin: int) -> None:
        line = bisect_right(self._lines, begin)
        self._found.setdefault(path, Position(line, begin - self._lines[line - 1] + 1))
