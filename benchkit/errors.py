"""Every error that benchkit raises on purpose, and the exit code that each ends the program with.

    BenchkitError                 1   a bug in benchkit, or of the machine
    ├── InputError (ValueError)   2   the user's input: says what, where and how to fix it; may hold many mistakes
    ├── TargetUnreachable         4   a server cannot be used, and nothing was sent; says what to do
    └── StoreError (OSError)      1   a run's tables cannot be written
        └── DamagedRun            2   a stored run's tables cannot be read

An expected failure of a *send* is never an error: it is an `Outcome` (model/outcome.py), and it is counted.
Errors of other libraries are mapped in one table for each room, where they occur; none leaves its room.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import IntEnum

BUG = "a bug in benchkit"  # in every message about what should not happen; tests that look for it use this name


class ExitCode(IntEnum):
    """What `benchkit` tells the shell (stdout is data, stderr is messages, the exit code is the verdict)."""

    FINE = 0
    INTERNAL_ERROR = 1
    BAD_INPUT = 2
    FINDINGS = 3
    UNREACHABLE = 4
    INVALID_RUN = 5
    THRESHOLD_CROSSED = 99
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong in the user's input, at a place; line and column count from 1, 0 where unknown."""

    where: str
    message: str
    line: int = 0
    column: int = 0
    key: str = ""

    def __str__(self) -> str:
        place = ":".join([self.where, *(str(number) for number in (self.line, self.column) if number)])
        return " ".join(part for part in (place, self.key, self.message) if part)


def listed(names: Iterable[str]) -> str:
    """Names as a sentence lists them."""
    return ", ".join(f'"{name}"' for name in names)


def suggestion(word: str, known: Iterable[str]) -> str:
    """What to write instead of an unknown word: those that begin with it, or the nearest one, or else all there are."""
    names = sorted(known)
    near = [name for name in names if word and name.startswith(word)] or get_close_matches(word, names, n=1)
    if near:
        return f"did you mean {'one of ' if len(near) > 1 else ''}{listed(near)}?"
    return f"there are: {listed(names)}" if names else "there are none"


def reason(error: Exception) -> str:
    """Why a file cannot be read or written, without the number and the path that Python puts around it."""
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8 text (byte {error.start})"
    if isinstance(error, KeyError):
        return f'"{error.args[0]}" is missing'
    return (isinstance(error, OSError) and error.strerror) or str(error)


class BenchkitError(Exception):
    """The root; `exit_code` is what the program ends with when no one catches it."""

    exit_code = ExitCode.INTERNAL_ERROR


class InputError(BenchkitError, ValueError):
    """One or more mistakes in what the user gave; all that were found, in the order of the file."""

    exit_code = ExitCode.BAD_INPUT

    def __init__(self, *mistakes: Mistake) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(str(mistake) for mistake in mistakes))


class TargetUnreachable(BenchkitError, ConnectionError):
    """A target cannot be used, found before the first message left; the message says what to do (model/unreachable.py)."""

    exit_code = ExitCode.UNREACHABLE


class StoreError(BenchkitError, OSError):
    """A run's tables cannot be written (a full disk)."""


class DamagedRun(StoreError):
    """A stored run's tables are missing, damaged or not readable: the user named it, so it is bad input."""

    exit_code = ExitCode.BAD_INPUT
