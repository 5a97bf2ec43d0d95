"""The arithmetic mean with Student's t interval. It is +∞ (value None, `needs` 0) as soon as one message failed."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import t

from benchkit.model.summary import Estimate


class Mean:
    name = "mean"

    def __call__(self, values: Any, confidence: float) -> Estimate:
        n = len(values)
        if n == 0:
            return Estimate(None, needs=1)
        sample = np.asarray(values, dtype=np.float64)
        if not np.isfinite(sample).all():
            return Estimate(None)
        mean = float(sample.mean())
        if n == 1:
            return Estimate(mean)
        half = float(t.ppf((1 + confidence) / 2, n - 1) * sample.std(ddof=1) / np.sqrt(n))
        return Estimate(mean, mean - half, mean + half)


STATISTIC = Mean()
