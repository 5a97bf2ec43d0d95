"""Whether an arm got slower from one run to another (docs/method.md §7).

Blocks of one run tell nothing about the next run: the processes, their cores and the machine's state vary. So the unit is the
run where there are several of a kind, else the start of the processes, whose medians are compared by Welch's t (1947). If
each run has one start, the interval over blocks is shown and nothing is decided. All of it is on logarithms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, isfinite, log, sqrt
from typing import Any

import numpy as np

from benchkit.model.run import Run
from benchkit.model.run_comparison import ArmChange, ChangeVerdict, RunComparison, Unit
from benchkit.model.summary import ArmSummary, Estimate, Summary
from benchkit.stats.blocks import block_values, metric_of
from benchkit.stats.cluster_variance import tells
from benchkit.stats.distributions import student_t_quantile, student_t_tail
from benchkit.stats.paired import holm, min_blocks
from benchkit.stats.rate_difference import differs
from benchkit.stats.sample import measured_samples
from benchkit.stats.starts import start_of_block

LIMIT = 0.05
_POWER = 0.90
MOST_DETECTABLE = 2.0  # a comparison that finds only what takes more than twice as long has too few units to say
MOST_UNITS = 1000
Key = tuple[str, str]  # arm, condition


@dataclass(frozen=True, slots=True)
class MeasuredRun:
    """A run with its answer; `blocks` are an arm's block medians in ms, by start."""

    summary: Summary
    metric: str
    blocks: Mapping[Key, tuple[Any, ...]]
    arms: Mapping[Key, ArmSummary]


@dataclass(frozen=True, slots=True)
class Difference:
    """Of mean logarithms, after − before, with its standard error and degrees of freedom; no error: None.

    `needs`: the units a side that an error takes, where there are fewer.
    """

    unit: Unit
    units: tuple[int, int]
    value: float
    error: float | None = None
    degrees: float = 0.0
    needs: int | None = None


def measured(run: Run, summary: Summary) -> MeasuredRun:
    manifest, samples = run.manifest, measured_samples(run)
    metric = metric_of(manifest.load["model"])
    blocks = {}
    for (condition, arm), sample in samples.items():
        values = block_values(sample, metric, manifest.messages_per_block)
        starts = start_of_block(manifest, np.array(list(values), dtype=np.int64))
        numbers = np.array(list(values.values()), dtype=np.float64)
        key = (manifest.arms[arm].name, manifest.conditions[condition].name)
        blocks[key] = tuple(numbers[starts == start] for start in np.unique(starts))
    return MeasuredRun(summary, metric, blocks, {(arm.name, arm.condition): arm for arm in summary.arms})


def compare_runs(
    before: Sequence[MeasuredRun], after: Sequence[MeasuredRun], limit: float = LIMIT, *, paired: bool = False
) -> RunComparison:
    """`paired`: the runs were made in pairs, one of each kind after the other, so that both share the machine's state."""
    confidence = after[0].summary.confidence
    keys = [key for key in before[0].blocks if all(key in run.blocks for run in (*before, *after))]
    everything = dict.fromkeys(key for run in (*before, *after) for key in run.blocks)
    found = [_change(key, before, after, confidence, len(keys), paired=paired) for key in keys]
    return RunComparison(
        before=tuple(run.summary.run for run in before),
        after=tuple(run.summary.run for run in after),
        invalid=tuple(run.summary.run for run in (*before, *after) if not run.summary.valid),
        unmatched=tuple(f"{arm} ({condition})" for arm, condition in everything if (arm, condition) not in keys),
        arms=tuple(_judged(_adjusted(found), limit, confidence)),
        limit=limit,
        confidence=confidence,
    )


def _change(
    key: Key,
    before: Sequence[MeasuredRun],
    after: Sequence[MeasuredRun],
    confidence: float,
    family: int,
    *,
    paired: bool,
) -> ArmChange:
    sides = ([run.blocks[key] for run in before], [run.blocks[key] for run in after])
    difference = _difference(*sides, confidence, paired=paired)
    rates = [_failures(key, runs) for runs in (before, after)]
    known = difference is not None and difference.error is not None
    detectable, needs_to_detect = (
        _detectable(difference, confidence, family) if difference is not None and known else (None, None)
    )
    return ArmChange(
        arm=key[0],
        condition=key[1],
        metric=after[0].metric,
        before_ms=_typical([run.blocks[key] for run in before]),
        after_ms=_typical([run.blocks[key] for run in after]),
        ratio=None if difference is None else exp(difference.value),
        ci=_interval(difference, confidence) if difference is not None and known else None,
        unit=Unit.BLOCKS if difference is None else difference.unit,
        units=(0, 0) if difference is None else difference.units,
        p=_p_slower(difference) if difference is not None and known else None,
        change=ChangeVerdict.UNDECIDED,
        failures_before=rates[0],
        failures_after=rates[1],
        fails_more=differs(rates[0], rates[1]) and (rates[1].value or 0.0) > (rates[0].value or 0.0),
        needs=None if difference is None else difference.needs,
        detectable=detectable,
        needs_to_detect=needs_to_detect,
    )


def _difference(
    before: Sequence[tuple[Any, ...]], after: Sequence[tuple[Any, ...]], confidence: float, *, paired: bool
) -> Difference | None:
    """None where half of the messages of a unit failed, or there is no block."""
    runs = [np.array([_log_of_run(run) for run in side]) for side in (before, after)]
    if not all(len(side) and np.isfinite(side).all() for side in runs):
        return None
    value = float(runs[1].mean() - runs[0].mean())
    counts = (len(runs[0]), len(runs[1]))
    if paired and min(counts) > 1:
        return _of_pairs(runs[1] - runs[0])
    if max(counts) > 1:
        return _welch(Unit.RUNS, runs, value) if min(counts) > 1 else _one_more(runs, value)
    starts = [np.array([log(float(np.median(start))) for start in side[0]]) for side in (before, after)]
    if min(map(len, starts)) > 1:
        return _welch(Unit.STARTS, starts, value)
    return _over_blocks([np.log(np.concatenate(side[0])) for side in (before, after)], value, confidence)


def _over_blocks(sides: Sequence[Any], value: float, confidence: float) -> Difference:
    """An interval from as many blocks as `benchkit run` asks for."""
    counts, needs = (len(sides[0]), len(sides[1])), min_blocks(confidence)
    if min(counts) < needs:
        return Difference(Unit.BLOCKS, counts, value, needs=needs)
    finite = all(np.isfinite(side).all() for side in sides)
    return _welch(Unit.BLOCKS, sides, value) if finite else Difference(Unit.BLOCKS, counts, value)


def _log_of_run(starts: tuple[Any, ...]) -> float:
    """The mean over starts of the logarithm of the median block; NaN without a block."""
    medians = [float(np.median(start)) for start in starts if len(start)]
    return float(np.mean(np.log(medians))) if medians else float("nan")


def _typical(runs: Sequence[tuple[Any, ...]]) -> float | None:
    value = float(np.mean([_log_of_run(run) for run in runs]))
    return exp(value) if isfinite(value) else None


def _of_pairs(differences: Any) -> Difference:
    k = len(differences)
    return Difference(Unit.PAIRS, (k, k), float(differences.mean()), float(differences.std(ddof=1)) / sqrt(k), k - 1)


def _welch(unit: Unit, sides: Sequence[Any], value: float) -> Difference:
    """Two samples whose spreads may differ; their degrees of freedom are Satterthwaite's (1946)."""
    parts = [float(side.var(ddof=1)) / len(side) for side in sides]
    total = sum(parts)
    counts = (len(sides[0]), len(sides[1]))
    if total == 0:
        return Difference(unit, counts, value, 0.0, min(counts) - 1)
    degrees = total**2 / sum(part**2 / (count - 1) for part, count in zip(parts, counts, strict=True))
    return Difference(unit, counts, value, sqrt(total), degrees)


def _one_more(sides: Sequence[Any], value: float) -> Difference:
    """One run against several: whether it lies where one more of them would (Geisser 1993, §2)."""
    several = max(sides, key=len)
    k = len(several)
    error = float(several.std(ddof=1)) * sqrt(1 + 1 / k)
    return Difference(Unit.RUNS, (len(sides[0]), len(sides[1])), value, error, k - 1)


def _interval(difference: Difference, confidence: float) -> tuple[float, float]:
    half = student_t_quantile((1 + confidence) / 2, difference.degrees) * (difference.error or 0.0)
    return exp(difference.value - half), exp(difference.value + half)


def _p_slower(difference: Difference) -> float:
    """One-sided: how likely a difference this large is where the arm did not get slower."""
    if not difference.error:
        return 0.0 if difference.value > 0 else 1.0
    return student_t_tail(difference.value / difference.error, difference.degrees)


def _detectable(difference: Difference, confidence: float, family: int) -> tuple[float | None, int | None]:
    """With Bonferroni in place of Holm, and so for the hardest of the arms; above MOST_DETECTABLE the units a side it takes."""
    if difference.unit is Unit.BLOCKS:
        return None, None
    alpha = (1 - confidence) / 2 / max(1, family)

    def reach(error: float, degrees: float) -> float:
        return error * (student_t_quantile(1 - alpha, degrees) + student_t_quantile(_POWER, degrees))

    found = reach(difference.error or 0.0, difference.degrees)
    if found <= log(MOST_DETECTABLE):
        return exp(found), None
    return None, _units_needed(difference, lambda error, degrees: reach(error, degrees) <= log(MOST_DETECTABLE))


def _units_needed(difference: Difference, enough: Callable[[float, float], bool]) -> int | None:
    """The fewest units a side, of the spread that these have, whose error and degrees of freedom are enough."""
    spread = (difference.error or 0.0) / sqrt(sum(1 / count for count in difference.units))
    freedom = 1 if difference.unit is Unit.PAIRS else 2
    sizes = range(2, MOST_UNITS + 1)
    return next((n for n in sizes if enough(spread * sqrt(2 / n), freedom * (n - 1))), None)


def _failures(key: Key, runs: Sequence[MeasuredRun]) -> Estimate:
    """Of several runs the one with the median rate."""
    rates = [run.arms[key].failure_rate for run in runs]
    return sorted(rates, key=lambda rate: rate.value or 0.0)[len(rates) // 2]


def _adjusted(changes: Sequence[ArmChange]) -> list[ArmChange]:
    after_holm = iter(holm([one.p for one in changes if one.p is not None]))
    return [one if one.p is None else replace(one, p=next(after_holm)) for one in changes]


def _judged(changes: Sequence[ArmChange], limit: float, confidence: float) -> list[ArmChange]:
    judged = (replace(one, change=_verdict(one, limit, (1 - confidence) / 2)) for one in changes)
    return [_without_idle_interval(one) for one in judged]


def _without_idle_interval(one: ArmChange) -> ArmChange:
    """An interval that decides nothing, and whose ends differ by a factor of ten or more, is not shown."""
    if one.ci is None or one.change is not ChangeVerdict.UNDECIDED or tells(*one.ci):
        return one
    return replace(one, ci=None, needs=one.needs_to_detect)


def _verdict(one: ArmChange, limit: float, alpha: float) -> ChangeVerdict:
    """A regression is certainly slower, and slower by more than the limit; an improvement is the same upside down."""
    if one.ratio is None:
        return ChangeVerdict.UNDECIDED
    if one.ci is None or one.p is None or one.unit is Unit.BLOCKS:
        return ChangeVerdict.NOT_TESTED
    rules: tuple[tuple[ChangeVerdict, Callable[[float, tuple[float, float], float], bool]], ...] = (
        (ChangeVerdict.REGRESSION, lambda ratio, _, p: p <= alpha and ratio > 1 + limit),
        (ChangeVerdict.IMPROVEMENT, lambda ratio, ci, _: ci[1] < 1 and ratio < 1 / (1 + limit)),
        (ChangeVerdict.NONE, lambda _, ci, __: ci[1] <= 1 + limit),
    )
    ratio, ci, p = one.ratio, one.ci, one.p
    return next((change for change, holds in rules if holds(ratio, ci, p)), ChangeVerdict.UNDECIDED)
