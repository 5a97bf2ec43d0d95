"""The user's thresholds against the arms' numbers: crossed, kept, or not decided by this sample.

A share, such as the failure rate, keeps a limit only where the far end of its interval does: none of 12 failed may still be one
in four. Of 0 % and 100 %, which no sample proves, the messages that were sent decide.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from math import ceil, inf
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
    Metric.THROUGHPUT: lambda arm: arm.throughput_per_s,
    Metric.TURNS: lambda arm: arm.turns.each if arm.turns else None,
}


SHARES: Mapping[str, Callable[[ArmSummary], Estimate]] = {Metric.FAILURE_RATE: lambda arm: arm.failure_rate}


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
    crossed, needs = _crossed(estimate, threshold["comparison"], threshold["limit"]), 0
    if crossed is False and threshold["metric"] in SHARES and not _proven(estimate, threshold):
        crossed, needs = None, _messages_needed(estimate, threshold["limit"], arm.accepted + arm.failed)
    elif crossed is None and estimate is not NOT_TOLD:
        needs = estimate.needs
    return ThresholdResult(
        threshold["key"], threshold["text"], label, estimate.value, unit, crossed, bool(arm.saturated), needs
    )


def _measured(arm: ArmSummary, metric: str, statistic: str) -> tuple[Estimate, str]:
    """The estimate and its unit; a metric of a later version is undecided."""
    if metric in DURATIONS:
        return DURATIONS[metric](arm).get(statistic, NOT_TOLD), MEASURES[Metric(metric)].shown
    if metric in SHARES:
        return SHARES[metric](arm), MEASURES[Metric(metric)].shown
    if metric not in NUMBERS:
        return NOT_TOLD, ""
    value = NUMBERS[metric](arm)
    return (NOT_TOLD if value is None else Estimate(float(value))), MEASURES[Metric(metric)].shown


def _crossed(estimate: Estimate, comparison: str, limit: float) -> bool | None:
    """An estimate without a value that needs no more samples is +∞ (quantile.py), which is a value to compare."""
    if estimate.needs:
        return None
    return not COMPARISONS[comparison](inf if estimate.value is None else estimate.value, limit)


def _proven(estimate: Estimate, threshold: Mapping[str, Any]) -> bool:
    """Whether the whole interval of a share keeps the limit."""
    if threshold["limit"] in (0.0, 1.0):
        return True
    end = estimate.high if threshold["comparison"].startswith("<") else estimate.low
    return end is not None and COMPARISONS[threshold["comparison"]](end, threshold["limit"])


def _messages_needed(estimate: Estimate, limit: float, messages: int) -> int:
    """With which an end of Wilson's interval of the same share is the limit: n = z² u (1 − u) ÷ (u − p)². 0: none would do."""
    share = estimate.value or 0.0
    end = estimate.high if limit > share else estimate.low
    if end is None or end in (share, 0.0, 1.0) or limit == share:
        return 0
    now, then = (at * (1 - at) / (at - share) ** 2 for at in (end, limit))
    return ceil(messages * then / now) if now else 0
