"""The arithmetic mean with Student's t over four clusters or more; +∞ (value None, `needs` 0) once a message failed.

Skewed clusters pull Student's t to one side: its interval ends too low. Hall's transformation (1992) corrects for the skewness;
the interval is the wider of both on each side.
"""

from __future__ import annotations

from math import cbrt, sqrt
from typing import Any

import numpy as np

from benchkit.model.estimate import Clusters
from benchkit.model.summary import Estimate
from benchkit.stats.cluster_variance import MIN_FOR_INTERVAL, cluster_residuals, half_width
from benchkit.stats.distributions import student_t_quantile


class Mean:
    name = "mean"

    def __call__(self, values: Any, confidence: float, clusters: Clusters | None = None) -> Estimate:
        n = len(values)
        if n == 0:
            return Estimate(None, needs=1)
        sample = np.asarray(values, dtype=np.float64)
        if not np.isfinite(sample).all():
            return Estimate(None)
        mean = float(sample.mean())
        residuals = cluster_residuals(sample, Clusters(np.arange(n), n, n) if clusters is None else clusters)
        half = half_width(residuals, confidence)
        if len(residuals) < MIN_FOR_INTERVAL or not np.isfinite(half):
            return Estimate(mean)
        below, above = _skewed_half_widths(residuals, confidence)
        lowest = 0.0 if sample.min() >= 0 else -np.inf  # no time is below zero, so neither is their mean
        return Estimate(mean, float(max(lowest, mean - max(half, below))), mean + max(half, above))


def _skewed_half_widths(residuals: Any, confidence: float) -> tuple[float, float]:
    """Below and above the mean, by Hall's transformation; zeros where the clusters show no skewness."""
    k, deviation = len(residuals), float(residuals.std(ddof=1))
    if deviation <= 0:
        return 0.0, 0.0
    centred = (residuals - residuals.mean()) / deviation
    skewness = float((centred**3).sum()) * k / ((k - 1) * (k - 2))
    if abs(skewness) < 1e-6:  # the transformation ends in Student's t
        return 0.0, 0.0
    t = student_t_quantile((1 + confidence) / 2, k - 1) / sqrt(k)

    def inverse(y: float) -> float:
        return 3 / skewness * (cbrt(1 + skewness * (y - skewness / (6 * k))) - 1)

    return deviation * inverse(t), -deviation * inverse(-t)


STATISTIC = Mean()
