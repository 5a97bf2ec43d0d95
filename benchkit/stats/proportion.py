"""A rate with Wilson's score interval (Wilson 1927): honest at 0 of n, where the textbook's ±0 is not."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

from benchkit.model.summary import Estimate


def wilson(count: float, n: int, confidence: float) -> Estimate:
    """`count` of `n` as a fraction."""
    if n == 0:
        return Estimate(None, needs=1)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    rate = count / n
    centre = (rate + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low = max(0.0, centre - half) if count else 0.0  # centre and half are equal here, but for the last bit
    high = min(1.0, centre + half) if count < n else 1.0
    return Estimate(rate, low, high)
