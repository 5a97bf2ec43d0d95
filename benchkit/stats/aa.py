"""Whether an A/A pair differs: the same arm measured twice, so that any difference is the ruler's own error (method.md §7).

It differs when all three hold: the signed-rank test rejects at 1 % shared by the run's A/A pairs, the interval excludes 1,
and the interval is not wholly inside the ROPE (a bias that small cannot turn a verdict). Under 8 blocks no signed-rank
test reaches 1 %; there it differs when every block is on one side and the interval is wholly outside the ROPE.
tests/stats/test_simulation.py holds the rule to its false alarms and to what it catches.
"""

from __future__ import annotations

from collections.abc import Sequence

from benchkit.model.summary import Verdict
from benchkit.stats.comparison import Comparison
from benchkit.stats.verdict import rope_rule

FALSE_ALARMS = 0.01


def differing_pairs(comparisons: Sequence[Comparison], rope: tuple[float, float]) -> list[Comparison]:
    pairs = [comparison for comparison in comparisons if comparison.pair.aa]
    return [comparison for comparison in pairs if _differs(comparison, rope, len(pairs))]


def _differs(comparison: Comparison, rope: tuple[float, float], pairs: int) -> bool:
    if comparison.ci is None or comparison.p_value is None:
        return False
    level, most_extreme = FALSE_ALARMS / pairs, 2.0 ** (1 - comparison.blocks)
    if comparison.p_value > max(level, most_extreme):
        return False
    outcome = rope_rule(comparison.ci, rope)
    if most_extreme > level:
        return outcome in (Verdict.FASTER, Verdict.SLOWER)
    low, high = comparison.ci
    return outcome is not Verdict.EQUIVALENT and not low <= 1 <= high
