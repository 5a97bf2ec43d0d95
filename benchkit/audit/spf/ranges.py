"""Ranges of whole numbers that are claimed one after the other: what of a new range is new, and who has claimed the rest.

Work per claim is logarithmic, plus the ranges that it absorbs: one that is wholly inside a new one disappears in it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

Owner = TypeVar("Owner")


@dataclass(frozen=True, slots=True)
class Range(Generic[Owner]):
    """From `first` to `last`, both included."""

    first: int
    last: int
    owner: Owner

    @property
    def size(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class RangeClaim(Generic[Owner]):
    """What a claim has come to: the pieces that were still free, and the earlier ranges that it met."""

    new: tuple[Range[Owner], ...]
    met: tuple[Range[Owner], ...]


class Ranges(Generic[Owner]):
    """Disjoint ranges in ascending order."""

    def __init__(self) -> None:
        self._lasts: list[int] = []
        self._ranges: list[Range[Owner]] = []

    def __iter__(self) -> Iterator[Range[Owner]]:
        return iter(self._ranges)

    def claim(self, first: int, last: int, owner: Owner) -> RangeClaim[Owner]:
        """Claims a range: free parts become the owner's."""
        start = stop = bisect_left(self._lasts, first)
        while stop < len(self._ranges) and self._ranges[stop].first <= last:
            stop += 1
        met = tuple(self._ranges[start:stop])
        new = tuple(_gaps(first, last, met, owner))
        if new:
            self._replace(start, stop, _merged(first, last, met, owner))
        return RangeClaim(new, met)

    def find(self, number: int) -> Range[Owner] | None:
        """The range that holds the number."""
        at = bisect_left(self._lasts, number)
        return self._ranges[at] if at < len(self._ranges) and self._ranges[at].first <= number else None

    def _replace(self, start: int, stop: int, ranges: list[Range[Owner]]) -> None:
        self._ranges[start:stop] = ranges
        self._lasts[start:stop] = [each.last for each in ranges]


def _gaps(first: int, last: int, met: Iterable[Range[Owner]], owner: Owner) -> Iterator[Range[Owner]]:
    at = first
    for each in met:
        if at < each.first:
            yield Range(at, each.first - 1, owner)
        at = each.last + 1
    if at <= last:
        yield Range(at, last, owner)


def _merged(first: int, last: int, met: tuple[Range[Owner], ...], owner: Owner) -> list[Range[Owner]]:
    """The ranges that stick out at either end stay whose they are; all between them becomes the new owner's."""
    before = [each for each in met[:1] if each.first < first]
    after = [each for each in met[-1:] if each.last > last and each.first >= first]
    middle_first = before[0].last + 1 if before else first
    middle_last = after[0].first - 1 if after else last
    middle = [Range(middle_first, middle_last, owner)] if middle_first <= middle_last else []
    return [*before, *middle, *after]
