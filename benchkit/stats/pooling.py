"""Runs of one scenario, pooled: the run is the unit (docs/method.md §7).

What varies from run to run (the machine's state, its cores, the hour) no single run can show. So each run gives one number, on
the logarithm, and the spread of these gives the interval. A run that was measured on a busy machine counts for less: the
weights are those of a random effect (Paule and Mandel 1982), and the interval is Knapp and Hartung's (2003, t with k − 1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, inf, isfinite, log, sqrt
from typing import Any

import numpy as np

from benchkit.errors import InputError, Mistake
from benchkit.model.notice import Code
from benchkit.model.pooled import PooledArm, PooledContrast, PooledRuns, PooledValue, Spread
from benchkit.model.summary import ArmSummary, Contrast, Estimate, Summary, Verdict
from benchkit.stats.cluster_variance import MIN_FOR_INTERVAL, tells
from benchkit.stats.distributions import normal_quantile, student_t_quantile
from benchkit.stats.verdict import rope_rule

Interval = tuple[float, float]
_ROUNDS = 60
MAIL_REASONS = (
    Code.ARM_MISSING, Code.ARM_DUPLICATED, Code.ARM_ALTERED, Code.ARM_OTHER_RECIPIENTS, Code.ARM_OTHER_SENDER,
    Code.FAILURE_RATES_DIFFER, Code.REFUSED_RECIPIENTS_DIFFER,
)  # fmt: skip


def difference_between(summaries: Sequence[Summary]) -> str:
    """In what the runs differ, so that they are not of one scenario; empty where they are."""
    first = summaries[0]
    for other in summaries[1:]:
        for what, value in _design(other).items():
            if value != _design(first)[what]:
                return what
    return ""


def pool(summaries: Sequence[Summary]) -> PooledRuns:
    """Raises InputError where they are not of one scenario, or where none of them is valid."""
    if what := difference_between(summaries):
        raise InputError(Mistake(summaries[0].run, f"cannot be pooled with the other runs: they differ in {what}"))
    valid = [summary for summary in summaries if summary.valid]
    if not valid:
        raise InputError(Mistake(summaries[0].run, "and the other runs are invalid: there is nothing to pool"))
    return PooledRuns(
        scenario=valid[0].scenario,
        confidence=valid[0].confidence,
        rope=valid[0].rope,
        runs=tuple(summary.run for summary in valid),
        left_out=tuple(summary.run for summary in summaries if not summary.valid),
        contrasts=_contrasts(valid),
        arms=_arms(valid),
    )


def _design(summary: Summary) -> Mapping[str, object]:
    """What runs of one scenario have in common; their seeds may differ."""
    return {
        "the scenario's name": summary.scenario,
        "the load model": summary.load_model,
        "their conditions": [condition.name for condition in summary.conditions],
        "their arms": [(arm.name, arm.transport, arm.client, arm.connection) for arm in summary.arms],
        "the ROPE": summary.rope,
        "the confidence": summary.confidence,
    }


def _contrasts(summaries: Sequence[Summary]) -> tuple[PooledContrast, ...]:
    found: dict[tuple[str, str, str], list[Contrast]] = {}
    for summary in summaries:
        for contrast in summary.contrasts:
            found.setdefault((contrast.arm, contrast.baseline, contrast.condition), []).append(contrast)
    return tuple(
        pooled
        for key, group in found.items()
        if (pooled := _contrast(key, group, summaries[0].confidence, summaries[0].rope)) is not None
    )


def _contrast(
    key: tuple[str, str, str], group: Sequence[Contrast], confidence: float, rope: Interval
) -> PooledContrast | None:
    given = [one for one in group if one.verdict is not Verdict.WITHHELD]
    value = _pooled_ratio(given, confidence)
    if value is None:
        return None
    verdict = Verdict.WITHHELD if any(map(_mail_failed, group)) else _verdict(value, rope)
    shown = value if verdict in (Verdict.FASTER, Verdict.SLOWER) else _telling(value)
    return PooledContrast(*key, ratio=shown, verdict=verdict, withheld=len(group) - len(given))


def _mail_failed(contrast: Contrast) -> bool:
    """Whether the run gave no verdict because of what became of the mail, or has no finite ratio for the same reason."""
    infinite = contrast.ratio is not None and not 0 < contrast.ratio < inf
    return infinite or any(reason.code in MAIL_REASONS for reason in contrast.reasons)


def _arms(summaries: Sequence[Summary]) -> tuple[PooledArm, ...]:
    found: dict[tuple[str, str, str], list[Estimate]] = {}
    for summary in summaries:
        for arm in summary.arms:
            found.setdefault((arm.name, arm.client, arm.condition), []).append(_median_ms(summary, arm))
    pooled = {key: _pooled_median(group, summaries[0].confidence) for key, group in found.items()}
    return tuple(PooledArm(*key, median_ms=value) for key, value in pooled.items() if value is not None)


def _median_ms(summary: Summary, arm: ArmSummary) -> Estimate:
    return (arm.response_ms if summary.load_model == "open" else arm.service_ms).get("p50", Estimate(None))


def _pooled_ratio(contrasts: Sequence[Contrast], confidence: float) -> PooledValue | None:
    return _pooled([(one.ratio, one.ci, one.confidence or confidence) for one in contrasts], confidence)


def _pooled_median(estimates: Sequence[Estimate], confidence: float) -> PooledValue | None:
    pooled = _pooled([(one.value, _ends(one), confidence) for one in estimates], confidence)
    return None if pooled is None else _telling(pooled)


def _telling(pooled: PooledValue) -> PooledValue:
    """Without an interval of two or three runs that differ so much that it says nothing of the size."""
    if pooled.low is None or pooled.high is None or pooled.runs >= MIN_FOR_INTERVAL or tells(pooled.low, pooled.high):
        return pooled
    return replace(pooled, low=None, high=None)


def _ends(estimate: Estimate) -> Interval | None:
    """An end that nothing bounds is infinite; None where there is no interval."""
    if estimate.low is None and estimate.high is None:
        return None
    return (0.0 if estimate.low is None else estimate.low), (inf if estimate.high is None else estimate.high)


def _pooled(values: Sequence[tuple[float | None, Interval | None, float]], confidence: float) -> PooledValue | None:
    """From (value, interval, its confidence) of each run; runs without a finite value are not counted."""
    known = [(log(value), ci, own) for value, ci, own in values if value and isfinite(value)]
    if not known:
        return None
    logs = np.array([value for value, _, _ in known])
    errors = [error for _, ci, own in known if (error := _error(ci, own)) is not None]
    effect = _RandomEffect.of(logs, np.array(errors) if len(errors) == len(logs) else np.zeros(len(logs)))
    claimed = sqrt(float(np.mean(np.square(errors)))) if errors else None
    k, observed = len(logs), float(logs.std(ddof=1)) if len(logs) > 1 else 0.0
    half, further = effect.half_widths(k, confidence)
    if further is not None and k < MIN_FOR_INTERVAL and not tells(exp(-further), exp(further)):
        further = None
    return PooledValue(
        runs=k,
        value=exp(effect.mean),
        low=None if half is None else exp(effect.mean - half),
        high=None if half is None else exp(effect.mean + half),
        next_low=None if further is None else exp(effect.mean - further),
        next_high=None if further is None else exp(effect.mean + further),
        spread=Spread(observed, claimed, None if claimed is None or k < 2 else sqrt(effect.between)),
        covering=sum(ci is not None and ci[0] <= exp(effect.mean) <= ci[1] for _, ci, _ in known),
        given=sum(ci is not None for _, ci, _ in known),
    )


@dataclass(frozen=True, slots=True)
class _RandomEffect:
    """`variance` is of the mean; `between` runs; `within` is the mean square of the runs' own errors."""

    mean: float
    variance: float
    between: float
    within: float

    @classmethod
    def of(cls, values: Any, errors: Any) -> _RandomEffect:
        """Errors of 0: every run counts the same, and all of the spread is between runs."""
        k, squares = len(values), np.square(errors)
        between = _between(values, squares)
        weights = 1 / np.maximum(squares + between, 1e-300)
        weights = weights / weights.sum()
        mean = float((weights * values).sum())
        variance = float((weights * (values - mean) ** 2).sum()) / (k - 1) if k > 1 else 0.0
        return cls(mean, variance, between, float(squares.mean()))

    def half_widths(self, runs: int, confidence: float) -> tuple[float | None, float | None]:
        """Of the mean, and of the next run's value."""
        if runs < 2:
            return None, None
        t = student_t_quantile((1 + confidence) / 2, runs - 1)
        return t * sqrt(self.variance), t * sqrt(self.variance + self.between + self.within)


def _between(values: Any, squares: Any) -> float:
    """The variance between runs with which the weighted squares are as large as they should be (Paule and Mandel)."""

    def excess(between: float) -> float:
        weights = 1 / np.maximum(squares + between, 1e-300)
        mean = float((weights * values).sum() / weights.sum())
        return float((weights * (values - mean) ** 2).sum()) - (len(values) - 1)

    low, high = 0.0, 2 * float(np.ptp(values)) ** 2 + float(squares.max())
    if len(values) < 2 or excess(low) <= 0:
        return 0.0
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return high


def _error(ci: Interval | None, confidence: float) -> float | None:
    """The standard error that an interval of a ratio stands for."""
    if ci is None or not ci[0] > 0 or not isfinite(ci[1]):
        return None
    return (log(ci[1]) - log(ci[0])) / (2 * normal_quantile((1 + confidence) / 2))


def _verdict(value: PooledValue, rope: Interval) -> Verdict:
    if value.low is None or value.high is None:
        return Verdict.UNDECIDED
    return rope_rule((value.low, value.high), rope)
