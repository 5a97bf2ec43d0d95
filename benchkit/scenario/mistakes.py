"""All mistakes of one scenario, gathered, each put at its place in the file, and raised together.

Law: a message says what is wrong and how to fix it, and never repeats a value that might be a secret. A mistake inside
something that is already reported is not reported again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from benchkit.errors import InputError, Mistake
from benchkit.scenario.locate import KeyPath, Position

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def key_text(path: KeyPath) -> str:
    """A key path as `--set` takes it: arm.0.client, thresholds."api.response.p95"."""
    return ".".join(part if _BARE.fullmatch(part) else f'"{part}"' for part in map(str, path))


class Mistakes:
    """Gathers mistakes by key path. `overridden` are the paths that `--set` has set: they have no place in the file."""

    def __init__(self, where: str, positions: Mapping[KeyPath, Position], overridden: frozenset[KeyPath]) -> None:
        self._where = where
        self._positions = positions
        self._overridden = overridden
        self._found: dict[KeyPath, Mistake] = {}

    def add(self, path: KeyPath, message: str) -> None:
        if not self.reported(path):
            self._found[path] = self._placed(path, message)

    def reported(self, path: KeyPath) -> bool:
        """Whether a mistake is known at this path or around it."""
        return any(path[:length] in self._found for length in range(len(path) + 1))

    def raise_all(self) -> None:
        """InputError with every mistake in the order of the file, those of overrides last; silent where there is none."""
        if self._found:
            raise InputError(*sorted(self._found.values(), key=lambda m: (m.line == 0, m.line, m.column, m.key)))

    def _placed(self, path: KeyPath, message: str) -> Mistake:
        """A mistake where the key stands, or, where it is missing, where the table stands that lacks it."""
        key = key_text(path)
        prefixes = [path[:length] for length in range(len(path), 0, -1)]
        if self._overridden.intersection(prefixes):
            return Mistake("--set", message, key=key)
        for prefix in prefixes:
            if place := self._positions.get(prefix):
                return Mistake(self._where, message, place.line, place.column, key)
        return Mistake(self._where, message, 1, 1, key)
