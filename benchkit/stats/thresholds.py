"""The user's thresholds against the arms' numbers: crossed, kept, or not decided by this sample."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from math import inf
from typing import Any

from benchkit.model.metrics import MEASURES, Metric
from benchkit.model.run import Manifest
from benchkit.model.summary import ArmSummary, Estimate, ThresholdResult

COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
NOT_TOLD = Estimate(None, needs=1)

# where each metric stands in an arm's summary; durations take a statistic
DURATIONS: Mapping[str, Callable[[ArmSummary], Mapping[str, Estimate]]] = {
    Metric.SERVICE: lambda arm: arm.service_ms,
    Metric.RESPONSE: lambda arm: arm.response_ms,
    Metric.WAIT: lambda arm: arm.wait_ms,
}
NUMBERS: Mapping[str, Callable[[ArmSummary], float | None]] = {
    Metric.FAILURE_RATE: lambda arm: arm.failure_rate.value,
    Metric.THROUGHPUT: lambda arm: arm.throughput_per_s,
    Metric.TURNS: lambda arm: arm.turns.each if arm.turns else None,
}


def threshold_results(manifest: Manifest, arms: tuple[ArmSummary, ...]) -> tuple[ThresholdResult, ...]:
    """One result per threshold, matching arm and condition; a pattern that matches no arm is undecided, never kept."""
    results: list[ThresholdResult] = []
    for threshold in manifest.thresholds:
        matching = [arm for arm in arms if fnmatchcase(arm.name, threshold["arm"])]
        results += [_result(threshold, arm, manifest.label_of(arm.name, arm.condition)) for arm in matching]
        if not matching:
            results.append(ThresholdResult(threshold["key"], threshold["text"], threshold["arm"], None, "", None))
    return tuple(results)


def _result(threshold: Mapping[str, Any], arm: ArmSummary, label: str) -> ThresholdResult:
    estimate, unit = _measured(arm, threshold["metric"], threshold["statistic"])
    crossed = _crossed(estimate, threshold["comparison"], threshold["limit"])
    needs = estimate.needs if crossed is None and estimate is not NOT_TOLD else 0
    return ThresholdResult(
        threshold["key"], threshold["text"], label, estimate.value, unit, crossed, bool(arm.saturated), needs
    )


def _measured(arm: ArmSummary, metric: str, statistic: str) -> tuple[Estimate, str]:
    """The estimate and its unit; a metric of a later version is undecided."""
    if metric in DURATIONS:
        return DURATIONS[metric](arm).get(statistic, NOT_TOLD), MEASURES[Metric(metric)].shown
    if metric not in NUMBERS:
        return NOT_TOLD, ""
    value = NUMBERS[metric](arm)
    return (NOT_TOLD if value is None else Estimate(float(value))), MEASURES[Metric(metric)].shown


def _crossed(estimate: Estimate, comparison: str, limit: float) -> bool | None:
    """An estimate without a value that needs no more samples is +∞ (quantile.py), which is a value to compare."""
    if estimate.needs:
        return None
    return not COMPARISONS[comparison](inf if estimate.value is None else estimate.value, limit)
