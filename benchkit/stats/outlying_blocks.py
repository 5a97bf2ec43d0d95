"""Blocks of an arm that are far from its others: rare, and yet they decide its mean and its tail.

On logarithms, by the distance from the median in units of the median absolute deviation (Hampel 1974): the outliers themselves
hardly move either. How far the farthest of n normal blocks lies is known; the deviation of few blocks is a rough measure, so
that few must lie further.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from typing import Any

import numpy as np

from benchkit.stats.distributions import normal_quantile

FALSE_ALARMS = 0.0025  # for all arms of a run together
MIN_BLOCKS = 6
SMALLEST = 0.10  # what the ROPE calls no difference does not matter
MOST = 0.25  # of the blocks; more are a second group, and not a few outliers
NORMAL = 1.4826  # standard deviations of a normal distribution in one median absolute deviation


@dataclass(frozen=True, slots=True)
class OutlyingBlocks:
    """`index`: which ones. The farthest takes `times` as long as the median one (below 1: it is faster)."""

    index: Any
    times: float


def outlying_blocks(times_ms: Any, series: int) -> OutlyingBlocks | None:
    """Of an arm's blocks, or of its starts; `series` arms share the false alarms."""
    index = np.flatnonzero(np.isfinite(times_ms) & (times_ms > 0))
    n = len(index)
    if n < MIN_BLOCKS:
        return None
    logs = np.log(times_ms[index])
    logs -= np.median(logs)
    distances = np.abs(logs)
    far = distances > max(_limit(n, series) * NORMAL * float(np.median(distances)), log(1 + SMALLEST))
    if not far.any() or np.count_nonzero(far) > MOST * n:
        return None
    return OutlyingBlocks(index[far], exp(float(logs[np.argmax(distances)])))


def _limit(n: int, series: int) -> float:
    """Which the farthest of n normal blocks exceeds with the chance of a false alarm; the factor was found by simulation."""
    return normal_quantile(1 - FALSE_ALARMS / max(1, series) / (2 * n)) * (1 + 10 / n + 35 / n**2)
