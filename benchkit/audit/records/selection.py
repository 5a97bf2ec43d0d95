"""Record selection: a name's TXT texts sorted into the records of one kind, those that were meant to be one, and the rest."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from benchkit.audit.records.text import as_text, folded


@dataclass(frozen=True, slots=True)
class Selection:
    """In the order of the answer; each text already joined from its strings."""

    records: tuple[str, ...]
    almost: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def only(self) -> str | None:
        """The one record; None when there is none, or more than one: what that means is the standard's of its kind."""
        return self.records[0] if len(self.records) == 1 else None


def select(texts: Iterable[bytes | str], is_record: Callable[[str], bool], almost_one: re.Pattern[str]) -> Selection:
    records: list[str] = []
    almost: list[str] = []
    others: list[str] = []
    for text in map(as_text, texts):
        kind = records if is_record(text) else almost if almost_one.match(folded(text)) else others
        kind.append(text)
    return Selection(tuple(records), tuple(almost), tuple(others))
