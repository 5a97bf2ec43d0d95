"""What a plan can see, before it is run: the smallest difference that it decides, and how many blocks others need.

A unit is a block, or a start. Its log ratio is taken as normal. The ends of the interval are those that a run computes:
interpolated order statistics of the units (stats/paired.py), or Student's t of a few starts (stats/starts.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import ceil, exp, log, pi, sqrt
from typing import Any

import numpy as np

from benchkit.model.plan import Precision
from benchkit.stats.distributions import (
    beta_quantile,
    chi_square_quantiles,
    normal_cdf,
    normal_quantile,
    student_t_quantile,
)
from benchkit.stats.paired import min_blocks, order_statistics
from benchkit.stats.verdict import POWER

BLOCK_NOISE = 0.11  # standard deviation of the log ratio of two arms' blocks, as measured on loopback
START_NOISE = 0.15  # … and of two arms' starts
DIFFERENCES = (1.15, 1.2, 1.3, 1.5, 2.0)
_MEDIAN = sqrt(pi / 2)  # standard error of a normal median ÷ that of the mean
_STEPS = 50
LARGEST_EXPONENT = 700.0
_SHARES = (np.arange(400) + 0.5) / 400


def plan_precision(
    blocks: int, starts: int, rope: tuple[float, float], confidence: float, measured: float | None = None
) -> Precision:
    """`measured` is the noise of a unit in an earlier run of the scenario; without one it is that of loopback."""
    units, unit = (starts, "starts") if starts > 1 else (blocks, "blocks")
    assumed = sqrt(START_NOISE**2 + BLOCK_NOISE**2 * starts / blocks) if starts > 1 else BLOCK_NOISE
    noise = assumed if measured is None else measured
    fewest = fewest_units(unit, confidence)
    needs = [(ratio, units_for(ratio, noise, rope, confidence, unit)) for ratio in DIFFERENCES]
    return Precision(
        unit=unit,
        units=units,
        fewest=fewest,
        confidence=confidence,
        noise=noise,
        measured=measured is not None,
        slower=smallest_slower(units, noise, rope, confidence) if units >= fewest else None,
        equivalent=share_equivalent(units, noise, rope, confidence) if units >= fewest else 0.0,
        needs=tuple((ratio, found) for ratio, found in needs if found is not None),
    )


def fewest_units(unit: str, confidence: float) -> int:
    """With fewer there is no interval, so that every contrast is UNDECIDED. Two starts have one, by Student's t."""
    return 2 if unit == "starts" else min_blocks(confidence)


def smallest_slower(units: int, noise: float, rope: tuple[float, float], confidence: float) -> float:
    """The smallest true ratio that is SLOWER in POWER of such runs. Of two starts at a high confidence it is beyond all use."""
    return exp(min(LARGEST_EXPONENT, log(rope[1]) + noise * reach(units, confidence)))


def share_equivalent(units: int, noise: float, rope: tuple[float, float], confidence: float) -> float:
    """How often, at least, a true ratio of 1 is EQUIVALENT: neither end of the interval leaves the ROPE (Bonferroni)."""
    leaves = (_low_end_below(-room / noise, units, confidence) for room in (-log(rope[0]), log(rope[1])))
    return max(0.0, 1 - sum(leaves))


def units_for(ratio: float, noise: float, rope: tuple[float, float], confidence: float, unit: str) -> int | None:
    """Blocks, or starts, with which that ratio is SLOWER in POWER of such runs; None on the ROPE's edge or within."""
    distance = (log(ratio) - log(rope[1])) / noise
    if distance <= 0:
        return None
    ordered = min_blocks(confidence)
    few = range(fewest_units(unit, confidence), ordered)
    found = next((units for units in few if _low_end_below(-distance, units, confidence) <= 1 - POWER), None)
    if found is not None:
        return found
    z = normal_quantile((1 + confidence) / 2) + normal_quantile(POWER)
    low, high = ordered, 2 * ordered + 2 * ceil((z * _MEDIAN / distance) ** 2)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if reach(middle, confidence) <= distance else (middle + 1, high)
    return low


def reach(units: int, confidence: float) -> float:
    """How far below the truth the interval's low end is in POWER of runs at most, in standard deviations of a unit."""
    if units >= min_blocks(confidence):
        return -_low_end(units, confidence, 1 - POWER)
    near, far = 0.0, 5 * student_t_quantile((1 + confidence) / 2, units - 1)
    for _ in range(_STEPS):
        middle = (near + far) / 2
        near, far = (near, middle) if _low_end_below(-middle, units, confidence) < 1 - POWER else (middle, far)
    return far


def _low_end(units: int, confidence: float, p: float) -> float:
    """The p quantile of the interval's low end, for standard normal units around 0 (David and Nagaraja §2.1)."""
    depth, weight = order_statistics(units, confidence)
    outer, inner = (normal_quantile(beta_quantile(p, rank, units - rank + 1)) for rank in (depth, depth + 1))
    return (1 - weight) * outer + weight * inner


def _low_end_below(edge: float, units: int, confidence: float) -> float:
    """How often the interval's low end lies below `edge`, both in standard deviations of a unit."""
    if units < min_blocks(confidence):
        critical = student_t_quantile((1 + confidence) / 2, units - 1)
        spreads = np.sqrt(chi_square_quantiles(_SHARES, units - 1) / (units - 1))
        return float(normal_cdf(edge * sqrt(units) + critical * spreads).mean())
    low, high = 1e-9, 1 - 1e-9
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _low_end(units, confidence, middle) < edge else (low, middle)
    return low


def noise_of(contrasts: Iterable[Mapping[str, Any]], *, starts: bool) -> float | None:
    """The noise of a unit that the intervals of a stored summary.json stand for: of its noisiest contrast.

    None where none tells, or where the run's unit was another one: its blocks do not say how starts differ.
    """
    found = [noise for contrast in contrasts if (noise := _noise(contrast, starts=starts)) is not None]
    return max(found, default=None)


def _noise(contrast: Mapping[str, Any], *, starts: bool) -> float | None:
    ci, of_starts = contrast.get("ci"), contrast.get("starts", 1) > 1
    if contrast.get("aa") or not ci or None in ci or not ci[0] > 0 or of_starts != starts:
        return None
    units, confidence = contrast["starts"] if starts else contrast["blocks"], contrast.get("confidence") or 0.95
    return noise_in((ci[0], ci[1]), units, confidence, starts=starts) or None


def noise_in(ci: tuple[float, float], units: int, confidence: float, *, starts: bool) -> float:
    """The standard deviation of a unit's log ratio that a finite interval of the ratio stands for."""
    half = (log(ci[1]) - log(ci[0])) / 2
    if starts and units < min_blocks(confidence):
        critical = student_t_quantile((1 + confidence) / 2, units - 1)
    else:
        critical = normal_quantile((1 + confidence) / 2) * _MEDIAN
    return half * sqrt(units) / critical
