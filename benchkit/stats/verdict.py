"""The rule of the region of practical equivalence (ROPE), and how many blocks it would take where it cannot decide.

The interval wholly outside the ROPE: FASTER or SLOWER. Wholly inside: EQUIVALENT. Else UNDECIDED: unknown is no answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf, isfinite, log

from benchkit.model.notice import Code, Notice, notice
from benchkit.model.summary import Verdict
from benchkit.stats.comparison import Comparison
from benchkit.stats.distributions import normal_cdf, normal_quantile
from benchkit.stats.paired import min_blocks

MOST_BLOCKS = 1_000_000  # beyond it no run will get there: the ratio lies on the ROPE's edge
POWER = 0.90  # the share of such runs that would decide
_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Judgement:
    verdict: Verdict
    reasons: tuple[Notice, ...] = ()
    blocks_needed: int | None = None
    blocks_needed_range: tuple[int, int] | None = None


def judge(comparison: Comparison, rope: tuple[float, float], blockers: Sequence[Notice]) -> Judgement:
    """`blockers` are what forbids a verdict; none is given while there is one."""
    if blockers:
        return Judgement(Verdict.WITHHELD, tuple(blockers))
    if comparison.failed and (comparison.ci is None or comparison.ratio is None):
        failed = notice(Code.BLOCKS_FAILED, count=comparison.failed, blocks=comparison.blocks)
        return Judgement(Verdict.UNDECIDED, (failed,))
    if comparison.undefined and (comparison.ci is None or comparison.ratio is None):
        blocks = comparison.blocks + comparison.undefined
        return Judgement(Verdict.UNDECIDED, (notice(Code.BOTH_ARMS_FAILED, count=comparison.undefined, blocks=blocks),))
    if comparison.ci is None or comparison.ratio is None:
        least = min_blocks(comparison.confidence)
        return Judgement(Verdict.UNDECIDED, (notice(Code.TOO_FEW_BLOCKS, needs=least),), least)
    verdict = rope_rule(comparison.ci, rope)
    if comparison.pair.aa and verdict is not Verdict.EQUIVALENT:
        verdict = Verdict.UNDECIDED  # no arm is faster than itself; whether it differs is for aa.py to say
    if verdict is not Verdict.UNDECIDED:
        return Judgement(verdict)
    needed, between = blocks_needed(comparison.blocks, comparison.ratio, comparison.ci, rope, comparison.confidence)
    return Judgement(verdict, (notice(Code.INTERVAL_ACROSS_ROPE),), needed, between)


def rope_rule(ci: tuple[float, float], rope: tuple[float, float]) -> Verdict:
    if ci[1] < rope[0]:
        return Verdict.FASTER
    if ci[0] > rope[1]:
        return Verdict.SLOWER
    if rope[0] <= ci[0] and ci[1] <= rope[1]:
        return Verdict.EQUIVALENT
    return Verdict.UNDECIDED


def blocks_needed(
    blocks: int, ratio: float, ci: tuple[float, float], rope: tuple[float, float], confidence: float
) -> tuple[int | None, tuple[int, int] | None]:
    """Blocks with which POWER of such runs decide, and their range as the true ratio may be a standard error away.

    An interval narrows with the root of the blocks. Within the ROPE both ends have to stay inside. None: no affordable number,
    or the interval has an infinite end.
    """
    if not (all(map(isfinite, ci)) and ci[0] > 0):
        return None, None
    z = normal_quantile((1 + confidence) / 2)
    error = (log(ci[1]) - log(ci[0])) / (2 * z)
    low, at, high = log(rope[0]), log(ratio), log(rope[1])
    nearest, centre = (low if at - low < high - at else high), (low + high) / 2
    further = 1.0 if at > nearest else -1.0
    away = at + further * error
    if low < at < high and (away - centre) * further > 0:
        away = centre  # beyond it the other edge is the nearer one
    fewest, expected, most = (
        _blocks(blocks, error, _largest_error(place, low, high, z)) if (place - nearest) * further > 0 else None
        for place in (away, at, at - further * error)
    )
    if expected is None or fewest is None:
        return None, None
    return expected, (fewest, MOST_BLOCKS if most is None else most)


def _largest_error(at: float, low: float, high: float, z: float) -> float:
    """Of a run whose interval decides with POWER: of an interval outside the ROPE one end matters, of one within it both."""
    most = min(abs(at - low), abs(at - high)) / (z + normal_quantile(POWER))
    if not low < at < high:
        return most
    least = most / 2
    for _ in range(_ROUNDS):
        error = (least + most) / 2
        decides = float(normal_cdf((at - low) / error - z) + normal_cdf((high - at) / error - z)) - 1
        least, most = (error, most) if decides >= POWER else (least, error)
    return least


def _blocks(blocks: int, error: float, largest: float) -> int | None:
    needed = blocks * (error / largest) ** 2 if largest > 0 else inf
    return None if needed > MOST_BLOCKS else max(blocks + 1, ceil(needed))
