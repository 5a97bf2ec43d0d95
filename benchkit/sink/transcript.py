"""The lines that a listener received and sent, for tests that check a client's round trips. Without secrets."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from time import perf_counter_ns
from typing import NamedTuple


class TranscriptLine(NamedTuple):
    """`direction` is "in" or "out" as the server sees it; content and bodies are not shown."""

    connection: int
    direction: str
    at_ns: int
    text: str


@dataclass(slots=True)
class Transcript:
    """Lines in the order of the server's doing; connections are numbered from 0 over the whole sink."""

    lines: list[TranscriptLine] = field(default_factory=list)

    def add(self, connection: int, direction: str, text: bytes, at_ns: int = 0) -> None:
        """One or more lines, without their CRLF or with it; `at_ns` 0 is now."""
        stamp = at_ns or perf_counter_ns()
        shown = text.decode("utf-8", "backslashreplace").removesuffix("\r\n").split("\r\n")
        self.lines += [TranscriptLine(connection, direction, stamp, line) for line in shown]

    def of(self, connection: int) -> list[TranscriptLine]:
        return [line for line in self.lines if line.connection == connection]

    def texts(self, connection: int, direction: str) -> list[str]:
        """The texts of one direction."""
        return [line.text for line in self.of(connection) if line.direction == direction]

    def bursts(self, connection: int) -> int:
        """How often the server sent before it received again: the round trips of the decrypted stream (method.md §2)."""
        return sum(direction == "out" for direction, _ in groupby(line.direction for line in self.of(connection)))
