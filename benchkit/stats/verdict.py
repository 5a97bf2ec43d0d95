"""The rule of the region of practical equivalence (ROPE), and how many blocks it would take where it cannot decide.

The interval wholly outside the ROPE: FASTER or SLOWER. Wholly inside: EQUIVALENT. Else UNDECIDED: unknown is no answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log

from benchkit.model.summary import Verdict
from benchkit.stats.comparison import MIN_BLOCKS, Comparison

MOST_BLOCKS = 1_000_000  # beyond it no run will get there: the ratio lies on the ROPE's edge


@dataclass(frozen=True, slots=True)
class Judgement:
    verdict: Verdict
    reasons: tuple[str, ...] = ()
    blocks_needed: int | None = None


def judge(comparison: Comparison, rope: tuple[float, float], doubts: tuple[str, ...]) -> Judgement:
    """`doubts` are what forbids a verdict; none is given while there is one."""
    if doubts:
        return Judgement(Verdict.WITHHELD, doubts)
    if comparison.ci is None or comparison.ratio is None:
        return Judgement(Verdict.UNDECIDED, (f"too few blocks: needs {MIN_BLOCKS}",), MIN_BLOCKS)
    verdict = rope_rule(comparison.ci, rope)
    if comparison.pair.aa and verdict is not Verdict.EQUIVALENT:
        verdict = Verdict.UNDECIDED  # no arm is faster than itself; that it differs is aa.py's to say
    if verdict is not Verdict.UNDECIDED:
        return Judgement(verdict)
    reason = "the interval reaches across an edge of the ROPE"
    return Judgement(verdict, (reason,), blocks_needed(comparison.blocks, comparison.ratio, comparison.ci, rope))


def rope_rule(ci: tuple[float, float], rope: tuple[float, float]) -> Verdict:
    if ci[1] < rope[0]:
        return Verdict.FASTER
    if ci[0] > rope[1]:
        return Verdict.SLOWER
    if rope[0] <= ci[0] and ci[1] <= rope[1]:
        return Verdict.EQUIVALENT
    return Verdict.UNDECIDED


def blocks_needed(blocks: int, ratio: float, ci: tuple[float, float], rope: tuple[float, float]) -> int | None:
    """An interval narrows with the root of the blocks: how many until it clears the nearest edge; None: never."""
    half_width = (log(ci[1]) - log(ci[0])) / 2
    distance = min(abs(log(ratio / edge)) for edge in rope)
    if half_width > distance * (MOST_BLOCKS / blocks) ** 0.5:
        return None
    return max(blocks + 1, ceil(blocks * (half_width / distance) ** 2)) if distance else None
