"""The arithmetic mean with Student's t over clusters. It is +∞ (value None, `needs` 0) as soon as one message failed."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchkit.model.estimate import Clusters
from benchkit.model.summary import Estimate
from benchkit.stats.cluster_variance import cluster_residuals, half_width


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
        each = Clusters(np.arange(n), n, n) if clusters is None else clusters
        half = half_width(cluster_residuals(sample, each), confidence)
        if not np.isfinite(half):
            return Estimate(mean)
        lowest = 0.0 if sample.min() >= 0 else -np.inf  # no time is below zero, so neither is their mean
        return Estimate(mean, float(max(lowest, mean - half)), mean + half)


STATISTIC = Mean()
