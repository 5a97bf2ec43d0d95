"""Quantiles with distribution-free intervals from order statistics: p50, p90, p95, p99 and p999.

The q-quantile is the smallest sample that at least the fraction q does not exceed (type 1 of Hyndman and Fan 1996). Nothing is
interpolated, so that a failure can stand in the ranks as +∞. The interval is Woodruff's (1952): the share of the sample at or
below the quantile, with its error between clusters, mapped to ranks; never narrower than the binomial ranks of independent
samples (David and Nagaraja, Order Statistics, §7.1). A value of None with `needs` 0 is +∞: failures reach that rank.

Few clusters that differ much, six starts for instance, may not bound a median in this way. Then the medians of the clusters do,
by their own order: the smallest and the largest of six hold the median of what they come from in 96.9 % of all cases. Four and
five are averaged, with Student's t of their logarithms, where the ends differ by less than a factor of ten. Two and three
clusters give no quantile an interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp, floor, isinf, sqrt
from typing import Any

import numpy as np

from benchkit.model.estimate import Clusters
from benchkit.model.summary import Estimate
from benchkit.stats.cluster_variance import (
    MIN_FOR_INTERVAL,
    StandardError,
    cluster_residuals,
    half_width,
    resemble_each_other,
    tells,
)
from benchkit.stats.distributions import binomial_quantile

MEDIAN = 500  # per mille
MOST_EXPONENT = 700.0  # of what a number can be


@dataclass(frozen=True, slots=True)
class Quantile:
    """The quantile `per_mille`/1000 of at least `needs` independent samples; whole numbers keep the rank exact."""

    name: str
    per_mille: int
    needs: int

    def __call__(self, values: Any, confidence: float, clusters: Clusters | None = None) -> Estimate:
        n = len(values)
        if n < self.needs:
            return Estimate(None, needs=self.needs)
        sample = np.asarray(values, dtype=np.float64)
        ordered = np.sort(sample)
        rank = max(1, -(-n * self.per_mille // 1000))
        if clusters is None:
            low, high = interval_ranks(n, self.per_mille / 1000, confidence)
            return Estimate(_at(ordered, rank), _at(ordered, low), _at(ordered, high))
        if n < (needs := ceil(self.needs * n / max(1, clusters.independent))):
            return Estimate(None, needs=needs)
        if clusters.count < MIN_FOR_INTERVAL:
            return Estimate(_at(ordered, rank))
        residuals = cluster_residuals((sample <= ordered[rank - 1]).astype(np.float64), clusters)
        low, high = self._ranks(n, residuals, clusters, confidence)
        if self.per_mille == MEDIAN and not 1 <= low <= high <= n and not resemble_each_other(residuals):
            return Estimate(
                _at(ordered, rank), *_ends_by_medians(ordered[rank - 1], _medians(sample, clusters), confidence)
            )
        return Estimate(_at(ordered, rank), _at(ordered, low), _at(ordered, high))

    def _ranks(self, n: int, residuals: Any, clusters: Clusters, confidence: float) -> tuple[int, int]:
        share, independent = self.per_mille / 1000, min(n, clusters.independent)
        low, high = interval_ranks(independent, share, confidence)
        half = half_width(residuals, confidence)
        if isinf(half):
            return 0, n + 1
        # from ranks of the independent ones to ranks of all
        low, high = floor(low * n / independent), ceil((high - 1) * n / independent) + 1
        return min(low, floor(n * (share - half))), max(high, ceil(n * (share + half)) + 1)


def _ends_by_medians(value: float, medians: Any, confidence: float) -> tuple[float | None, float | None]:
    """By their order or, of fewer than that needs, by Student's t of their logarithms; `value` is always within."""
    low, high = interval_ranks(len(medians), 0.5, confidence)
    if low >= 1:
        return _at(medians, low), _at(medians, high)
    if len(medians) < MIN_FOR_INTERVAL or not np.isfinite(medians).all() or medians[0] <= 0:
        return None, None
    logs = np.log(medians)
    error = StandardError(float(logs.std(ddof=1)) / sqrt(len(logs)), len(logs) - 1)
    middle, half = float(logs.mean()), error.half_width(confidence)
    if middle + half >= MOST_EXPONENT:
        return None, None
    ends = min(value, exp(middle - half)), max(value, exp(middle + half))
    return ends if tells(*ends) else (None, None)


def interval_ranks(n: int, quantile: float, confidence: float) -> tuple[int, int]:
    """Ranks from 1 of the order statistics that bound the quantile; 0 or n + 1 where the sample does not bound it."""
    tail = (1 - confidence) / 2
    return binomial_quantile(tail, n, quantile), binomial_quantile(1 - tail, n, quantile) + 1


def _medians(sample: Any, clusters: Clusters) -> Any:
    """Of the clusters, in ascending order."""
    of_each = (sample[clusters.number == number] for number in np.unique(clusters.number))
    return np.sort([np.quantile(one, 0.5, method="inverted_cdf") for one in of_each])


def _at(ordered: Any, rank: int) -> float | None:
    if not 1 <= rank <= len(ordered):
        return None
    value = float(ordered[rank - 1])
    return value if np.isfinite(value) else None


# Below 4 ÷ (1 − q) samples not even the largest would bound the quantile from above at 95 %.
STATISTIC = {
    "p50": Quantile("p50", per_mille=500, needs=1),
    "p90": Quantile("p90", per_mille=900, needs=40),
    "p95": Quantile("p95", per_mille=950, needs=80),
    "p99": Quantile("p99", per_mille=990, needs=400),
    "p999": Quantile("p999", per_mille=999, needs=4000),
}
