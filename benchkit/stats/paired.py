"""Statistics of paired blocks: the interval of their median, the shift, the signed-rank test, Holm's adjustment.

Blocks in which one arm failed stand in the ranks as ±∞, so nothing here averages before it ranks. Nothing is worse than n log n
beyond 200 blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf, isinf, sqrt
from typing import Any

import numpy as np

from benchkit.model.summary import Estimate
from benchkit.stats.distributions import binomial_cdf, normal_quantile, normal_tail

EXACT = (
    200  # blocks up to which the signed-rank distribution is counted out; beyond it the normal one differs by < 0.001
)


def min_blocks(confidence: float) -> int:
    """The fewest blocks of which the smallest and the largest hold the median with this confidence: 6 at 95 %, 8 at 99 %."""
    n = 1
    while 1 - 2 * 0.5**n < confidence:
        n += 1
    return n


def median_of(values: Any) -> float:
    """Also of infinite values; NaN where one half of them is −∞ and the other +∞, which no number lies between."""
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    low, high = float(ordered[(len(ordered) - 1) // 2]), float(ordered[len(ordered) // 2])
    return low if low == high else low + high if isinf(low) or isinf(high) else (low + high) / 2


def median_interval(values: Any, confidence: float) -> tuple[float, float] | None:
    """Interpolated order statistics (Hettmansperger and Sheather 1986); None below `min_blocks`. Ends may be infinite."""
    ordered, n = np.sort(np.asarray(values, dtype=np.float64)), len(values)
    if n < min_blocks(confidence):
        return None
    depth, weight = order_statistics(n, confidence)
    low = _between(float(ordered[depth - 1]), float(ordered[min(depth, n - 1)]), weight)
    high = _between(float(ordered[n - depth]), float(ordered[max(n - depth - 1, 0)]), weight)
    return low, high


def order_statistics(n: int, confidence: float) -> tuple[int, float]:
    """Each end of the interval lies between the depth-th outermost of n values and the next; the weight is the next one's."""
    depth = _depth(n, confidence)
    inner, outer = _coverage(n, depth + 1), _coverage(n, depth)
    step = (outer - confidence) / (outer - inner)
    return depth, (n - depth) * step / (depth + (n - 2 * depth) * step)


def _depth(n: int, confidence: float) -> int:
    """The most outer values that may be cut off at each end."""
    first, last = 1, n // 2
    while first < last:
        middle = (first + last + 1) // 2
        first, last = (middle, last) if _coverage(n, middle) >= confidence else (first, middle - 1)
    return first


def _coverage(n: int, depth: int) -> float:
    """How often the depth-th smallest and largest of n hold the median."""
    return max(0.0, 1 - 2 * binomial_cdf(depth - 1, n, 0.5))


def _between(outer: float, inner: float, weight: float) -> float:
    if outer == inner or weight == 0 or isinf(outer):
        return outer
    if weight == 1:
        return inner
    return (1 - weight) * outer + weight * inner


def hodges_lehmann(differences: Any, confidence: float) -> Estimate:
    """The median of all pairwise means, with the interval that inverts the signed-rank test (Hollander and Wolfe, §3.3)."""
    n = len(differences)
    if n == 0:
        return Estimate(None, needs=1)
    ordered = np.sort(np.asarray(differences, dtype=np.float64))
    pairs = n * (n + 1) // 2
    value = (_pairwise_mean(ordered, (pairs + 1) // 2) + _pairwise_mean(ordered, pairs // 2 + 1)) / 2
    outside = _outer_means(n, confidence)
    if not outside:
        return _finite(value)
    return _finite(value, _pairwise_mean(ordered, outside), _pairwise_mean(ordered, pairs + 1 - outside))


def _finite(value: float, low: float | None = None, high: float | None = None) -> Estimate:
    low, high = (None if end is None or not np.isfinite(end) else end for end in (low, high))
    return Estimate(value if np.isfinite(value) else None, low, high)


def _pairwise_mean(ordered: Any, rank: int) -> float:
    """The rank-th smallest of all (xᵢ + xⱼ) ÷ 2, i ≤ j, by bisection of the values (after Johnson and Mizoguchi 1978)."""
    finite = ordered[np.isfinite(ordered)]
    if not len(finite) or _means_up_to(ordered, float(finite[-1])) < rank:
        return inf
    low, high = float(finite[0]), float(finite[-1])
    if _means_up_to(ordered, np.nextafter(low, -inf)) >= rank:
        return -inf
    while (middle := low + (high - low) / 2) not in (low, high):
        low, high = (low, middle) if _means_up_to(ordered, middle) >= rank else (middle, high)
    return low if _means_up_to(ordered, low) >= rank else high


def _means_up_to(ordered: Any, value: float) -> int:
    partners = np.searchsorted(ordered, 2 * value - ordered, side="right") - np.arange(len(ordered))
    return int(np.maximum(partners, 0).sum())


def _outer_means(n: int, confidence: float) -> int:
    """The largest rank from either end that still leaves `confidence` between; 0 where n is too small."""
    if n > EXACT:
        mean, sd = n * (n + 1) / 4, sqrt(n * (n + 1) * (2 * n + 1) / 24)
        return int(mean - normal_quantile((1 + confidence) / 2) * sd)
    below = np.cumsum(signed_rank_distribution(n))
    return int(np.searchsorted(below, (1 - confidence) / 2, side="right"))


def signed_rank_distribution(n: int) -> Any:
    """P(W = w) of Wilcoxon's signed-rank sum, for w from 0 to n(n+1)/2: each rank counts or not, like a fair coin."""
    return _chances_of_sums(range(1, n + 1))


def _chances_of_sums(ranks: Iterable[int]) -> Any:
    """P(sum = w), for w from 0 to all of them, where each rank counts or not like a fair coin."""
    every = list(map(int, ranks))
    chances = np.zeros(sum(every) + 1)
    chances[0] = 1.0
    for rank in every:
        chances[rank:] = (chances[rank:] + chances[:-rank]) / 2
        chances[:rank] /= 2
    return chances


def signed_rank_p(values: Any) -> float:
    """Two-sided p of Wilcoxon's test: exact up to EXACT blocks, ties included, else normal; 1 where no block differs."""
    sample = np.asarray(values, dtype=np.float64)
    sample = sample[sample != 0]
    n = len(sample)
    if n == 0:
        return 1.0
    ranks = _mid_ranks(np.abs(sample))
    positive = float(ranks[sample > 0].sum())
    smaller = min(positive, n * (n + 1) / 2 - positive)
    if n <= EXACT:
        # twice the ranks: a mid-rank may end in a half
        return min(1.0, 2 * float(_chances_of_sums((2 * ranks).astype(int))[: int(2 * smaller) + 1].sum()))
    variance = float((ranks**2).sum()) / 4
    return min(1.0, 2 * normal_tail((n * (n + 1) / 4 - smaller) / sqrt(variance)))


def _mid_ranks(values: Any) -> Any:
    """Ranks from 1, equal values sharing their mean rank."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[inverse]


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's (1979) step-down adjustment: the chance of even one false alarm among all of them stays at the level."""
    adjusted = [0.0] * len(p_values)
    running = 0.0
    for position, index in enumerate(np.argsort(p_values, kind="stable")):
        running = max(running, min(1.0, (len(p_values) - position) * p_values[index]))
        adjusted[index] = running
    return adjusted
