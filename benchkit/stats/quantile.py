"""Quantiles with distribution-free intervals from order statistics; what p50, p90, p95, p99 and p999 are made of.

The q-quantile is the smallest sample that at least the fraction q does not exceed (type 1 of Hyndman & Fan 1996): nothing
is interpolated, so that a failure can stand in the ranks as +∞. The interval takes its ranks from the binomial
distribution (David & Nagaraja, Order Statistics, §7.1). A value of None with `needs` 0 is +∞: failures reach that rank.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import binom

from benchkit.model.summary import Estimate


@dataclass(frozen=True, slots=True)
class Quantile:
    """The quantile `per_mille`/1000 of a sample of at least `needs`; whole numbers keep the rank exact."""

    name: str
    per_mille: int
    needs: int

    def __call__(self, values: Any, confidence: float) -> Estimate:
        n = len(values)
        if n < self.needs:
            return Estimate(None, needs=self.needs)
        ordered = np.sort(np.asarray(values, dtype=np.float64))
        low, high = interval_ranks(n, self.per_mille / 1000, confidence)
        return Estimate(_at(ordered, self.rank(n)), _at(ordered, low), _at(ordered, high))

    def rank(self, n: int) -> int:
        """The rank, from 1, of the sample that is the quantile."""
        return max(1, -(-n * self.per_mille // 1000))


def interval_ranks(n: int, quantile: float, confidence: float) -> tuple[int, int]:
    """Ranks from 1 of the order statistics that bound the quantile; 0 or n + 1 where the sample does not bound it."""
    tail = (1 - confidence) / 2
    return int(binom.ppf(tail, n, quantile)), int(binom.ppf(1 - tail, n, quantile)) + 1


def _at(ordered: Any, rank: int) -> float | None:
    if not 1 <= rank <= len(ordered):
        return None
    value = float(ordered[rank - 1])
    return value if np.isfinite(value) else None
