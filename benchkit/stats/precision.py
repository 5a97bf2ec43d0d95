"""What a plan can see, before it is run: the smallest difference that it decides, and how many blocks others need.

The interval of the median of n independent log ratios has a half width of z · 1.253 · sd ÷ √n (the median's efficiency for the
normal distribution, 2 ÷ π). Simulated, with 11 % noise and 10, 20, 40, 80 blocks, a true ratio of 1.15 is SLOWER in 21, 37,
49 and 81 % of runs; this formula gives 17, 30, 53 and 82 %.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import ceil, erf, exp, log, pi, sqrt
from typing import Any

from benchkit.model.plan import Precision
from benchkit.stats.distributions import normal_quantile
from benchkit.stats.paired import min_blocks
from benchkit.stats.verdict import POWER

BLOCK_NOISE = 0.11  # standard deviation of the log ratio of two arms' blocks, as measured on loopback
START_NOISE = 0.15  # … and of two arms' starts
DIFFERENCES = (1.15, 1.2, 1.3, 1.5, 2.0)
_MEDIAN = sqrt(pi / 2)


def precision_of(units: int, noise: float, rope: tuple[float, float], confidence: float) -> tuple[float, float]:
    """The smallest ratio that is SLOWER in POWER of such runs, and how often a true ratio of 1 is EQUIVALENT."""
    z, error = normal_quantile((1 + confidence) / 2), _MEDIAN * noise / sqrt(units)
    slower = exp(log(rope[1]) + (z + normal_quantile(POWER)) * error)
    room = (min(log(rope[1]), -log(rope[0])) - z * error) / error
    return slower, max(0.0, erf(room / sqrt(2))) if room > 0 else 0.0


def units_for(ratio: float, noise: float, rope: tuple[float, float], confidence: float) -> int | None:
    """Blocks, or starts, with which that ratio is SLOWER in POWER of such runs; None on the ROPE's edge or within."""
    distance = log(ratio) - log(rope[1])
    if distance <= 0:
        return None
    z = normal_quantile((1 + confidence) / 2) + normal_quantile(POWER)
    return max(min_blocks(confidence), ceil((z * _MEDIAN * noise / distance) ** 2))


def plan_precision(
    blocks: int, starts: int, rope: tuple[float, float], confidence: float, measured: float | None = None
) -> Precision:
    """`measured` is the noise of a unit in an earlier run of the scenario; without one it is that of loopback."""
    units, unit = (starts, "starts") if starts > 1 else (blocks, "blocks")
    assumed = sqrt(START_NOISE**2 + BLOCK_NOISE**2 * starts / blocks) if starts > 1 else BLOCK_NOISE
    noise = assumed if measured is None else measured
    slower, equivalent = precision_of(units, noise, rope, confidence)
    needs = [(ratio, units_for(ratio, noise, rope, confidence)) for ratio in DIFFERENCES]
    return Precision(
        unit=unit,
        noise=noise,
        measured=measured is not None,
        slower=slower,
        equivalent=equivalent,
        needs=tuple((ratio, found) for ratio, found in needs if found is not None),
    )


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
    units = contrast["starts"] if starts else contrast["blocks"]
    error = (log(ci[1]) - log(ci[0])) / (2 * normal_quantile((1 + (contrast.get("confidence") or 0.95)) / 2))
    return error * sqrt(units) / _MEDIAN if error > 0 else None
