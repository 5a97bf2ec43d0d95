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
    half = (log(high) - log(low)) / 2
    error = half / normal_quantile((1 + comparison.confidence) / 2)
    by_test = (normal_quantile(1 - FALSE_ALARMS / max(1, pairs) / 2) + normal_quantile(POWER)) * error
    by_rope = log(rope[1]) - half + normal_quantile(POWER) * error
    return exp(max(by_test, by_rope))


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
