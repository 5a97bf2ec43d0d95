"""A rate with Wilson's score interval (Wilson 1927): it is also right for 0 of n, where the normal approximation gives ±0."""

from __future__ import annotations

from math import sqrt
from typing import Any

from benchkit.model.estimate import Clusters
from benchkit.model.summary import Estimate
from benchkit.stats.cluster_variance import design_effect
from benchkit.stats.distributions import normal_quantile, student_t_quantile


def wilson(count: float, n: float, confidence: float, degrees: float | None = None) -> Estimate:
    """`count` of `n` as a fraction; with `degrees` of freedom Student's t takes the place of the normal quantile."""
    if n == 0:
        return Estimate(None, needs=1)
    p = (1 + confidence) / 2
    z = normal_quantile(p) if degrees is None else student_t_quantile(p, degrees)
    rate = count / n
    centre = (rate + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low = max(0.0, centre - half) if count else 0.0  # centre and half are equal here, but for the last bit
    high = min(1.0, centre + half) if count < n else 1.0
    return Estimate(rate, low, high)


def clustered_rate(flags: Any, clusters: Clusters, confidence: float) -> Estimate:
    """The rate of true `flags`, or the mean of shares from 0 to 1.

    Wilson's interval of the effective number: messages ÷ design effect (Kish 1965)."""
    n = len(flags)
    if n == 0:
        return Estimate(None, needs=1)
    effective = n / design_effect(flags, clusters)
    count = float(flags.sum())
    several = clusters.count > 1 and 0 < count < n
    return wilson(count * effective / n, effective, confidence, clusters.count - 1 if several else None)
