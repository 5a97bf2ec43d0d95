"""Whether an A/A pair differs: one arm measured twice, so that any difference is an error of the measurement (method.md §7).

It differs when all three hold: the signed-rank test rejects at 1 % shared by the run's A/A pairs, the interval excludes 1,
and the interval is not wholly inside the ROPE (a bias that small cannot change a verdict). Under 8 blocks no signed-rank test
reaches 1 %; then it differs when every block is on one side and the interval is wholly outside the ROPE. With several starts
the test is Student's t over the starts.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, isfinite, log

from benchkit.model.summary import Verdict
from benchkit.stats.comparison import Comparison
from benchkit.stats.distributions import normal_quantile
from benchkit.stats.precision import LARGEST_EXPONENT, noise_in, reach
from benchkit.stats.verdict import POWER, rope_rule

FALSE_ALARMS = 0.01
MIN_TESTED = 8  # blocks: the fewest with 2 · 2⁻ⁿ ≤ FALSE_ALARMS
MIN_STARTS = 3  # where there are several: with two the t test has one degree of freedom, and sees next to nothing


def differing_pairs(comparisons: Sequence[Comparison], rope: tuple[float, float]) -> list[Comparison]:
    pairs = [comparison for comparison in comparisons if comparison.pair.aa]
    return [comparison for comparison in pairs if _differs(comparison, rope, len(pairs))]


def is_tested(comparison: Comparison) -> bool:
    """Whether the pair has an interval and enough blocks, or starts, for a test at FALSE_ALARMS."""
    if comparison.starts > 1:
        return comparison.ci is not None and comparison.starts >= MIN_STARTS
    return comparison.ci is not None and _smallest_p(comparison) <= FALSE_ALARMS


def _smallest_p(comparison: Comparison) -> float:
    """That the test can give: Wilcoxon's where every block is on one side."""
    return 2.0 ** (1 - comparison.blocks) if comparison.starts == 1 else 0.0


def detectable_bias(comparison: Comparison, rope: tuple[float, float], pairs: int) -> float | None:
    """The smallest bias, as a ratio above 1, that this pair would have shown in POWER of such runs; None: not tested."""
    if not is_tested(comparison):
        return None
    assert comparison.ci is not None
    low, high = comparison.ci
    if low <= 0 or not isfinite(high):
        return None
    starts, confidence = comparison.starts > 1, comparison.confidence
    units = comparison.starts if starts else comparison.blocks
    noise, level = noise_in((low, high), units, confidence, starts=starts), FALSE_ALARMS / max(1, pairs)
    if _smallest_p(comparison) > level:
        return _ratio(log(rope[1]) + noise * max(reach(units, confidence), _all_on_one_side(units)))
    half = (log(high) - log(low)) / 2
    by_rope = log(rope[1]) - half + normal_quantile(POWER) * half / normal_quantile((1 + confidence) / 2)
    return _ratio(max(noise * reach(units, max(confidence, 1 - level)), by_rope))


def _ratio(log_ratio: float) -> float:
    return exp(min(LARGEST_EXPONENT, log_ratio))


def _all_on_one_side(blocks: int) -> float:
    """The bias, in standard deviations of a block, with which POWER of such runs have every block on its side."""
    return normal_quantile(POWER ** (1 / blocks))


def _differs(comparison: Comparison, rope: tuple[float, float], pairs: int) -> bool:
    if comparison.ci is None or comparison.p_value is None:
        return False
    level, most_extreme = FALSE_ALARMS / pairs, _smallest_p(comparison)
    if comparison.p_value > max(level, most_extreme):
        return False
    outcome = rope_rule(comparison.ci, rope)
    if most_extreme > level:
        return outcome in (Verdict.FASTER, Verdict.SLOWER)
    low, high = comparison.ci
    return outcome is not Verdict.EQUIVALENT and not low <= 1 <= high
