"""How far an arm's number may be from the truth, when the messages of a block are correlated (method.md §6).

The unit is the cluster: a block, or a start of the processes. The spread between clusters gives the error, with Student's t
(k − 1). Where consecutive clusters resemble each other, k clusters hold less than k independent ones: then six long batches of
clusters take their place, if those give the wider interval (batch means: Law and Kelton 1979).
"""

from __future__ import annotations

from math import inf, sqrt
from typing import Any, NamedTuple

import numpy as np

from benchkit.model.estimate import Clusters
from benchkit.stats.distributions import student_t_quantile

BATCHES = 6
LAGS = 3  # autocorrelations that tell whether consecutive clusters resemble each other …
SUSPICION = 0.0  # … when their sum exceeds this many standard errors: a missed trend costs more than a wide interval
MIN_CLUSTERS = 2
MIN_FOR_INTERVAL = 4  # with two or three clusters Student's t is 12.7 and 4.3 at 95 %: such an interval says nothing …
MOST_BETWEEN_ENDS = 10.0  # … and neither does one whose ends differ by this factor or more


class StandardError(NamedTuple):
    """Of a mean over clusters, with the degrees of freedom of its Student's t."""

    value: float
    degrees: int

    def half_width(self, confidence: float) -> float:
        return student_t_quantile((1 + confidence) / 2, self.degrees) * self.value if self.degrees > 0 else inf


def cluster_residuals(values: Any, clusters: Clusters) -> Any:
    """By cluster: the sum of its deviations from the overall mean, over the mean cluster size (ratio estimator)."""
    sums = np.bincount(clusters.number, weights=values, minlength=clusters.count)
    sizes = np.bincount(clusters.number, minlength=clusters.count)
    residuals: Any = (sums - sizes * (sums.sum() / sizes.sum())) / (sizes.sum() / clusters.count)
    return residuals


def half_width(residuals: Any, confidence: float) -> float:
    """Half the interval of a mean over clusters, from `cluster_residuals`; infinite for fewer than two clusters."""
    return max(error.half_width(confidence) for error in _errors(residuals))


def tells(low: float, high: float) -> bool:
    """Whether an interval of a positive number says anything of its size."""
    return low > 0 and high < MOST_BETWEEN_ENDS * low


def design_effect(values: Any, clusters: Clusters) -> float:
    """Variance of the mean of 0/1 values over that of independent ones (Kish 1965): at least 1."""
    n, share = len(values), float(np.mean(values))
    spread, shared = share * (1 - share) / n, n / max(1, clusters.independent)
    if clusters.count < MIN_CLUSTERS or spread == 0:
        return shared
    variance = max(error.value**2 for error in _errors(cluster_residuals(values, clusters)))
    return max(1.0, shared, variance / spread)


def _errors(residuals: Any) -> list[StandardError]:
    """By clusters and, where these resemble their neighbours, by batches of them."""
    plain = _error(residuals)
    if not resemble_each_other(residuals):
        return [plain]
    return [plain, _error(np.array([batch.mean() for batch in np.array_split(residuals, BATCHES)]))]


def _error(deviations: Any) -> StandardError:
    k = len(deviations)
    if k < MIN_CLUSTERS:
        return StandardError(inf, 0)
    return StandardError(sqrt(float(((deviations - deviations.mean()) ** 2).sum()) / (k - 1) / k), k - 1)


def resemble_each_other(residuals: Any) -> bool:
    """Whether consecutive clusters are alike, so that k of them hold less than k independent ones."""
    k, centred = len(residuals), residuals - residuals.mean()
    total = float((centred**2).sum())
    if k < 2 * BATCHES or total == 0:
        return False
    lagged = sum(float((centred[lag:] * centred[:-lag]).sum()) for lag in range(1, LAGS + 1))
    return lagged / total > SUSPICION * sqrt(LAGS / k)
