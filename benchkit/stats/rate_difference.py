"""Whether two arms' rates differ enough to matter: beyond chance and beyond a margin (method.md §7)."""

from __future__ import annotations

from math import sqrt

from benchkit.model.summary import Estimate

MARGIN = 0.005  # of failures, half a percentage point: what a difference must exceed, however certain it is


def newcombe(first: Estimate, second: Estimate) -> Estimate:
    """first − second with Newcombe's interval (1998, method 10); no value where one of the rates has none."""
    ends = (first.value, first.low, first.high, second.value, second.low, second.high)
    rate, low, high, other, other_low, other_high = (end if end is not None else -1.0 for end in ends)
    if None in ends:
        return Estimate(None)
    difference = rate - other
    below = sqrt((rate - low) ** 2 + (other_high - other) ** 2)
    above = sqrt((high - rate) ** 2 + (other - other_low) ** 2)
    return Estimate(difference, difference - below, difference + above)


def differs(first: Estimate, second: Estimate, margin: float = MARGIN) -> bool:
    """The difference exceeds the margin, and its interval does not hold 0."""
    found = newcombe(first, second)
    if found.value is None or found.low is None or found.high is None:
        return False
    return abs(found.value) > margin and not found.low <= 0 <= found.high
