"""Statistics of paired blocks: the ratio's interval, the shift, the test, and Holm's adjustment for many of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.stats import bootstrap, wilcoxon

from benchkit.model.summary import Estimate

RESAMPLES = 4999


def ratio_interval(log_ratios: Any, confidence: float, seed: Sequence[int]) -> tuple[float, float]:
    """Percentile bootstrap over blocks of the median ratio (Efron & Tibshirani 1993, §13).

    Percentile and not BCa: the acceleration of BCa comes from a jackknife, which is inconsistent for a median.
    """
    result = bootstrap(
        (log_ratios,),
        np.median,
        n_resamples=RESAMPLES,
        confidence_level=confidence,
        method="percentile",
        rng=np.random.default_rng(seed),
    )
    low, high = result.confidence_interval
    return float(np.exp(low)), float(np.exp(high))


def hodges_lehmann(differences: Any, confidence: float) -> Estimate:
    """The median of all pairwise means, with the interval that inverts the exact signed-rank test (Hollander & Wolfe §3.3)."""
    n = len(differences)
    if n == 0:
        return Estimate(None, needs=1)
    first, second = np.triu_indices(n)
    means = np.sort((differences[first] + differences[second]) / 2)
    outside = _outer_means(n, confidence)
    value = float(np.median(means))
    return Estimate(value, float(means[outside - 1]), float(means[-outside])) if outside else Estimate(value)


def _outer_means(n: int, confidence: float) -> int:
    """The largest rank from either end that still leaves `confidence` between; 0 where n is too small."""
    below = np.cumsum(signed_rank_distribution(n))
    return int(np.searchsorted(below, (1 - confidence) / 2, side="right"))


def signed_rank_distribution(n: int) -> Any:
    """P(W = w) of Wilcoxon's signed-rank sum, for w from 0 to n(n+1)/2: each rank counts or not, like a fair coin."""
    chances = np.zeros(n * (n + 1) // 2 + 1)
    chances[0] = 1.0
    for rank in range(1, n + 1):
        chances[rank:] = (chances[rank:] + chances[:-rank]) / 2
        chances[:rank] /= 2
    return chances


def signed_rank_p(log_ratios: Any) -> float:
    """Two-sided p of Wilcoxon's signed-rank test, exact up to 50 blocks without ties; 1 where nothing differs at all."""
    return float(wilcoxon(log_ratios).pvalue) if np.any(log_ratios) else 1.0


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's (1979) step-down adjustment: the chance of even one false alarm among all of them stays at the level."""
    adjusted = [0.0] * len(p_values)
    running = 0.0
    for position, index in enumerate(np.argsort(p_values, kind="stable")):
        running = max(running, min(1.0, (len(p_values) - position) * p_values[index]))
        adjusted[index] = running
    return adjusted
