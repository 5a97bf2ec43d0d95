"""What a statistic takes and gives: which values of a sample belong together, and numbers with what is known of their error.

`None` is "not known" or "the sample does not allow it", never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Clusters:
    """`number` is each observation's cluster, 0 to `count` − 1, in the order of time.

    `independent` is the most independent observations that the sample can hold: messages that share a request are one.
    """

    number: Any
    count: int
    independent: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """A statistic with its interval; `needs` is the sample size it would take where `value` is None."""

    value: float | None
    low: float | None = None
    high: float | None = None
    needs: int = 0


@dataclass(frozen=True, slots=True)
class RatioEstimate:
    """A ratio arm ÷ baseline of one statistic of the blocks; an end of `ci` may be infinite."""

    ratio: float | None
    ci: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class BreakEven:
    """`found`: "at" a value; "never"; or "not identified", where the sample does not tell."""

    found: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
