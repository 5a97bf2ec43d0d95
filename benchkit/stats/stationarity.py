"""Whether an arm's times stayed the same over the run: a change between blocks, a trend, a warm-up that was too short.

The number of each block is its median. Paired blocks cancel what all arms have in common, so these are warnings and no reason
against a verdict; but an arm's own numbers then describe a mixture.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, sqrt
from typing import Any

import numpy as np

from benchkit.stats.distributions import binomial_cdf, normal_quantile

FALSE_ALARMS = 0.01  # for all arms of a run together
SMALLEST = 0.10  # a change of the median by less does not matter: what the ROPE calls no difference
MIN_BLOCKS = 10
MIN_BLOCKS_OF_START = 3
RESEMBLING_BY_CHANCE = 0.0075  # as FALSE_ALARMS; with the outlying blocks at most 2 % of runs
LAGS = 2  # the sum of two autocorrelations finds slow swings more often than the first alone
FIRST = 0.10  # the part of the blocks that a warm-up too short would spoil


@dataclass(frozen=True, slots=True)
class LevelChange:
    """Before the measured block at `place` (from 0) the median block took `before_ms`, from there on `after_ms`."""

    place: int
    before_ms: float
    after_ms: float


def change_point(values_ms: Any, series: int) -> LevelChange | None:
    """By Pettitt's rank test (1979); a trend shows as a change in its middle. `series` share the false alarms."""
    n = len(values_ms)
    if n < MIN_BLOCKS:
        return None
    ranks = np.argsort(np.argsort(values_ms, kind="stable"), kind="stable") + 1
    statistic = 2 * np.cumsum(ranks)[:-1] - np.arange(1, n) * (n + 1)
    p = 2 * exp(-6 * float(np.abs(statistic).max()) ** 2 / (n**3 + n**2))
    return _change(values_ms, _place(values_ms)) if p < FALSE_ALARMS / max(1, series) else None


def slow_beginning(values_ms: Any, series: int) -> LevelChange | None:
    """Whether the first tenth of the blocks were all slower than nearly all others: the warm-up was too short."""
    n = len(values_ms)
    first = max(2, round(FIRST * n))
    if n < 2 * MIN_BLOCKS:
        return None
    slower = np.mean(values_ms[:first].min() > values_ms[first:])
    by_chance = float(np.prod([(first - i) / (n - i) for i in range(first)]))  # the first ones are the slowest of all
    if slower < 1 or by_chance > FALSE_ALARMS / max(1, series):
        return None
    return _change(values_ms, first)


def slow_first_blocks(firsts: Any, others: Any) -> tuple[int, float] | None:
    """Of starts: whether their first measured blocks were slower than the median of their others more often than chance allows.

    Gives in how many, and how many times as long in the median; None where it is chance, or too little to matter.
    """
    ratios = firsts / others
    n, slower = len(ratios), int(np.count_nonzero(ratios > 1))
    if n == 0 or 1 - binomial_cdf(slower - 1, n, 0.5) > FALSE_ALARMS:
        return None
    times = float(np.median(ratios))
    return (slower, times) if times > 1 + SMALLEST else None


def resemblance(values: Any) -> float | None:
    """Mean correlation of the ranks of values one place and two places apart; None below MIN_BLOCKS.

    By ranks, so that failures may stand among them, and less the bias of a short series: independent values have 0 on average.
    """
    n = len(values)
    if n < MIN_BLOCKS:
        return None
    _, which, ties = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(ties) - (ties + 1) / 2)[which] - (n - 1) / 2
    if not ranks.any():
        return None
    lagged = sum(float((ranks[lag:] * ranks[:-lag]).sum()) for lag in range(1, LAGS + 1))
    bias = -sum((n - lag) / (n * (n - 1)) for lag in range(1, LAGS + 1))
    return (lagged / float((ranks**2).sum()) - bias) / LAGS


def is_resemblance(correlation: float, blocks: int, series: int) -> bool:
    """Whether it is more than independent blocks show by chance; `series` share the false alarms."""
    return correlation > normal_quantile(1 - RESEMBLING_BY_CHANCE / max(1, series)) / sqrt(LAGS * blocks)


def _place(values_ms: Any) -> int:
    """Where two levels explain the most of the values' squares; a failed block counts as the slowest that did not fail."""
    finite = values_ms[np.isfinite(values_ms)]
    values = np.minimum(values_ms, finite.max()) if len(finite) else np.zeros(len(values_ms))
    before = np.arange(1, len(values))
    sums = np.cumsum(values - values.mean())[:-1]
    return int(np.argmax(sums**2 / (before * (len(values) - before)))) + 1


def _change(values_ms: Any, place: int) -> LevelChange | None:
    before, after = float(np.median(values_ms[:place])), float(np.median(values_ms[place:]))
    if not (np.isfinite(before) and np.isfinite(after) and before > 0 and after > 0):
        return None
    return LevelChange(place, before, after) if max(before, after) / min(before, after) > 1 + SMALLEST else None
