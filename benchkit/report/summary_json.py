"""summary.json, for scripts and CI: a Summary as plain JSON values, in the shape of summary.schema.json beside this file.

Law: what is not known is null; NaN and infinities, which do not exist in JSON, are null too. A change here is a change of the
schema, and one that takes a key away or gives it another meaning raises SCHEMA_VERSION.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from importlib.resources import files
from typing import Any

from benchkit.model.notice import Notice
from benchkit.model.summary import ArmSummary, Contrast, Estimate, LatencyFit, Summary
from benchkit.report.content import notices, sentences
from benchkit.report.content.ended_early import ended_early
from benchkit.report.deliverability_json import deliverability_json

ALWAYS = ("p50", "p90", "p95", "p99")  # these keys are there whatever statistics are registered


def to_json(summary: Summary) -> dict[str, Any]:
    """Ready for json.dumps(…, allow_nan=False)."""
    document: dict[str, Any] = plain(
        {
            "schema": summary.schema,
            "run": summary.run,
            "scenario": summary.scenario,
            "question": summary.question,
            "status": summary.status,
            "valid": summary.valid,
            "invalid_because": notices.texts(summary.invalid_because),
            "invalid_codes": _codes(summary.invalid_because),
            "headline": sentences.headline(summary),
            "ended_early": ended_early(summary),
            "load_model": summary.load_model,
            "rope": summary.rope,
            "confidence": summary.confidence,
            "conditions": [asdict(condition) for condition in summary.conditions],
            "arms": [_arm(arm) for arm in summary.arms],
            "contrasts": [_contrast(contrast) for contrast in summary.contrasts],
            "thresholds": [asdict(threshold) for threshold in summary.thresholds],
            "account": asdict(summary.account),
            "altered_messages": [asdict(message) for message in summary.altered_messages],
            "overhead_us": summary.overhead_us,
            "warnings": notices.warning_lines(summary),
            "warning_codes": _codes(summary.warnings),
            "agreements": [asdict(agreement) for agreement in summary.agreements],
            "fits": [_fit(fit) for fit in summary.fits],
            "costs": [asdict(cost) | {"total": cost.total} for cost in summary.costs],
            "currency": summary.currency,
            "models": [asdict(model) for model in summary.models],
            "certificate": summary.certificate,
            "design": asdict(summary.design),
            "deliverability": None if summary.deliverability is None else deliverability_json(summary.deliverability),
        }
    )
    return document


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of what `to_json` gives."""
    loaded: dict[str, Any] = json.loads(files(__package__).joinpath("summary.schema.json").read_text("utf-8"))
    return loaded


def _arm(arm: ArmSummary) -> dict[str, Any]:
    document = asdict(arm)
    for name in ("service_ms", "response_ms", "wait_ms"):
        document |= _estimates(name, getattr(arm, name))
    document["generator"] |= _estimate("unlagged_p50_ms", arm.generator.unlagged_p50_ms)
    document |= {"saturated": notices.texts(arm.saturated), "saturated_codes": _codes(arm.saturated)}
    if cost := arm.failover_cost:
        names = ("failure_rate_without", "failed_over_ms", "others_ms", "added_ms")
        estimates = (_estimate(name, getattr(cost, name)) for name in names)
        document["failover_cost"] = {"failed_without": cost.failed_without} | {
            key: value for estimate in estimates for key, value in estimate.items()
        }
    return document | _estimate("failure_rate", arm.failure_rate)


def _contrast(contrast: Contrast) -> dict[str, Any]:
    reasons = {"reasons": notices.texts(contrast.reasons), "reason_codes": _codes(contrast.reasons)}
    return asdict(contrast) | reasons | _estimate("shift_ms", contrast.shift_ms)


def _codes(found: Iterable[Notice]) -> list[dict[str, Any]]:
    return [{"code": one.code, "subject": one.subject, "arguments": dict(one.arguments)} for one in found]


def _fit(fit: LatencyFit) -> dict[str, Any]:
    return asdict(fit) | _estimate("slope", fit.slope) | _estimate("intercept_ms", fit.intercept_ms)


def _estimates(name: str, estimates: Mapping[str, Estimate]) -> dict[str, Any]:
    """Values as plain numbers under the name itself; intervals, and what a refused one needs, beside it."""
    values = dict.fromkeys(ALWAYS) | {key: estimate.value for key, estimate in estimates.items()}
    intervals = {key: _interval(estimate) for key, estimate in estimates.items()}
    needs = {key: estimate.needs for key, estimate in estimates.items() if estimate.value is None and estimate.needs}
    return {name: values, f"{name}_ci": dict.fromkeys(ALWAYS) | intervals, f"{name}_needs": needs}


def _estimate(name: str, estimate: Estimate) -> dict[str, Any]:
    return {name: estimate.value, f"{name}_ci": _interval(estimate)}


def _interval(estimate: Estimate) -> list[float | None] | None:
    return None if estimate.low is None and estimate.high is None else [estimate.low, estimate.high]


def plain(value: Any) -> Any:
    """Lists, dicts, strings and finite numbers; numpy's scalars become Python's."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    number = value.item() if hasattr(value, "item") else value
    return None if isinstance(number, float) and not math.isfinite(number) else number
