"""Where a series of runs changed its level: the change-point model of Hawkins, Qiu and Kang (2003), run by run.

With each new run every split of the series into before and after is tried, by Student's t for times and by the difference of
proportions for failures. If the best split would appear by chance less often than FALSE_ALARMS, even as the best of all
(Bonferroni), the level changed there, and the series begins again. At least MIN_RUNS on each side: one odd run is no change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from benchkit.model.history import ChangePoint
from benchkit.stats.distributions import normal_tail, student_t_tail

FALSE_ALARMS = 1 / 50_000  # a run
MIN_RUNS = 3
SMALLEST = 0.02  # a change of time by less does not matter, however certain it is
SMALLEST_RATE = 0.005  # … and of a failure rate


class Split(NamedTuple):
    """The best one of a segment: how many runs are before it, both levels, and the chance of it."""

    size: int
    before: float
    after: float
    p: float


def time_changes(medians_ms: Sequence[float] | Any) -> list[ChangePoint]:
    """Levels are geometric means in ms."""
    logs = np.log(np.asarray(medians_ms, dtype=np.float64))
    found = _changes(len(logs), lambda first, last: _best_of_times(logs[first:last]))
    return [_exp(one) for one in found]


def failure_changes(failed: Sequence[int] | Any, sent: Sequence[int] | Any) -> list[ChangePoint]:
    """Levels are rates."""
    counts = np.asarray(failed, dtype=np.float64), np.asarray(sent, dtype=np.float64)
    return _changes(len(failed), lambda first, last: _best_of_rates(*(part[first:last] for part in counts)))


def _changes(n: int, best: Callable[[int, int], Split | None]) -> list[ChangePoint]:
    found, first = [], 0
    for last in range(1, n + 1):
        split = best(first, last) if last - first >= 2 * MIN_RUNS else None
        if split is not None and split.p < FALSE_ALARMS:
            found.append(ChangePoint(first + split.size, last - 1, split.before, split.after, split.p))
            first += split.size
    return found


def _sizes(n: int) -> Any:
    return np.arange(MIN_RUNS, n - MIN_RUNS + 1)


def _best_of_times(logs: Any) -> Split | None:
    sizes, t = _sizes(len(logs)), _t_of_splits(logs)
    best = int(np.argmax(t))
    size = int(sizes[best])
    p = _chance(student_t_tail(float(t[best]), len(logs) - 2), len(sizes))
    split = Split(size, float(logs[:size].mean()), float(logs[size:].mean()), p)
    return split if abs(split.after - split.before) > np.log1p(SMALLEST) else None


def _best_of_rates(failed: Any, sent: Any) -> Split | None:
    """By the difference of proportions, and by Student's t of the runs' own rates: bursts of failures mislead the first.

    Rates are compared as angles, whose spread does not depend on the rate (Freeman and Tukey 1950).
    """
    sizes = _sizes(len(failed))
    bad, all_sent = np.cumsum(failed), np.cumsum(sent)
    before = bad[sizes - 1] / np.maximum(all_sent[sizes - 1], 1)
    after = (bad[-1] - bad[sizes - 1]) / np.maximum(all_sent[-1] - all_sent[sizes - 1], 1)
    rate = bad[-1] / max(1.0, float(all_sent[-1]))
    if not 0 < rate < 1:
        return None
    shares = 1 / np.maximum(all_sent[sizes - 1], 1) + 1 / np.maximum(all_sent[-1] - all_sent[sizes - 1], 1)
    z = np.abs(after - before) / np.sqrt(rate * (1 - rate) * shares)
    best = int(np.argmax(z))
    size = int(sizes[best])
    t = _t_of_splits(np.arcsin(np.sqrt(np.minimum(1.0, failed / np.maximum(sent, 1)))))[best]
    p = _chance(max(normal_tail(float(z[best])), student_t_tail(float(t), len(failed) - 2)), len(sizes))
    split = Split(size, float(before[best]), float(after[best]), p)
    return split if abs(split.after - split.before) > SMALLEST_RATE else None


def _t_of_splits(values: Any) -> Any:
    """Of each split the absolute t of its two means, with one spread for both sides."""
    n, sizes, sums = len(values), _sizes(len(values)), np.cumsum(values)
    apart = (sums[-1] - sums[sizes - 1]) / (n - sizes) - sums[sizes - 1] / sizes
    between = sizes * (n - sizes) / n * apart**2
    within = np.maximum(float(((values - values.mean()) ** 2).sum()) - between, 1e-18 * n)
    return np.sqrt(between / (within / (n - 2)))


def _chance(tail: float, splits: int) -> float:
    """Two-sided, of the best of so many."""
    return min(1.0, 2 * tail * splits)


def _exp(change: ChangePoint) -> ChangePoint:
    return ChangePoint(
        change.place, change.found_at, float(np.exp(change.before)), float(np.exp(change.after)), change.p
    )
