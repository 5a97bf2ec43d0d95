"""Whether two arms fail at rates that differ enough to matter: beyond chance and beyond a margin (method.md §7)."""

from __future__ import annotations

from math import sqrt

from benchkit.model.summary import Estimate

MARGIN = 0.005  # half a percentage point: what a difference of rates must exceed, however certain it is


def differs(first: Estimate, second: Estimate, margin: float = MARGIN) -> bool:
    """From two rates with intervals: Newcombe's interval of the difference (1998, method 10) holds neither 0 nor the margin."""
    if None in (first.value, first.low, first.high, second.value, second.low, second.high):
        return False
    high, low = (first, second) if (first.value or 0.0) >= (second.value or 0.0) else (second, first)
    difference = (high.value or 0.0) - (low.value or 0.0)
    error = sqrt(((high.value or 0.0) - (high.low or 0.0)) ** 2 + ((low.high or 0.0) - (low.value or 0.0)) ** 2)
    return difference > margin and difference - error > 0
