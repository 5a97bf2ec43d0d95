"""What the blocks of a pair of arms say, before anyone judges: numbers only, the verdict is in verdict.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isnan, nan
from typing import Any

import numpy as np

from benchkit.model.run import Manifest, Run
from benchkit.model.summary import Estimate, RatioEstimate
from benchkit.stats.blocks import block_values, metric_of, statistics_of
from benchkit.stats.paired import median_of
from benchkit.stats.pairs import Pair, pairs_of
from benchkit.stats.sample import Samples
from benchkit.stats.starts import measured_blocks_of, start_of_block, units_interval, units_p, units_shift
from benchkit.stats.stationarity import resemblance


@dataclass(frozen=True, slots=True)
class Comparison:
    """`blocks` are those that count: complete in both arms (else `incomplete`), and a number (else `undefined`).

    A block of which half the messages failed in one arm counts as slower, or faster, than any (`failed` of them); where that is
    so in both arms there is no ratio. `starts` is how often the processes were started.
    """

    pair: Pair
    condition: int
    metric: str
    blocks: int
    incomplete: int
    undefined: int
    ratio: float | None
    ci: tuple[float, float] | None
    shift_ms: Estimate
    p_value: float | None
    failed: int = 0
    starts: int = 1
    confidence: float = 0.95
    others: Mapping[str, RatioEstimate] = field(default_factory=dict)
    resemblance: float | None = None  # correlation of the ratios of consecutive blocks; None with several starts


def compare_arms(run: Run, samples: Samples) -> list[Comparison]:
    """Every pair under every condition."""
    metric, pairs = metric_of(run.manifest.load["model"]), pairs_of(run.manifest.arms)
    confidence = confidence_of_each(run.manifest, sum(not pair.aa for pair in pairs))
    return [
        _compare(run, samples, pair, condition, metric, confidence)
        for condition in range(len(run.manifest.conditions))
        for pair in pairs
    ]


def confidence_of_each(manifest: Manifest, contrasts: int) -> float:
    """Of one interval: so high that those of all looks hold together, and with `family = "all"` those of all contrasts too."""
    every = contrasts * len(manifest.conditions) if manifest.family == "all" else 1
    looks = len(manifest.load.get("looks", ()))
    return shared_confidence(manifest.confidence, max(1, every) * max(1, looks))


def shared_confidence(confidence: float, intervals: int) -> float:
    """Of each of so many intervals that are to hold together (Bonferroni)."""
    return 1 - (1 - confidence) / intervals


def _compare(run: Run, samples: Samples, pair: Pair, condition: int, metric: str, confidence: float) -> Comparison:
    blocks, values, incomplete = _paired(run, samples, pair, condition, metric, "p50")
    counts = _has_ratio(values)
    values, starts = values[counts], start_of_block(run.manifest, blocks[counts])
    logs = _log_ratios(values)
    return Comparison(
        pair=pair,
        condition=condition,
        metric=metric,
        blocks=len(values),
        incomplete=incomplete,
        undefined=int(np.count_nonzero(~counts)),
        ratio=_typical(logs),
        ci=_ratio_interval(logs, starts, confidence),
        shift_ms=units_shift(values[:, 0] - values[:, 1], starts, confidence),
        p_value=units_p(logs, starts) if _ratio_interval(logs, starts, confidence) else None,
        failed=int(np.count_nonzero(np.isinf(logs))),
        starts=len(np.unique(starts)),
        confidence=confidence,
        others={
            statistic: _other(run, samples, pair, condition, metric, statistic, confidence)
            for statistic in statistics_of(metric, run.manifest.messages_per_block)
        },
        resemblance=resemblance(logs) if len(np.unique(starts)) == 1 else None,
    )


def _other(
    run: Run, samples: Samples, pair: Pair, condition: int, metric: str, statistic: str, confidence: float
) -> RatioEstimate:
    """The same of another statistic of each block: the mean, or a tail."""
    blocks, values, _ = _paired(run, samples, pair, condition, metric, statistic)
    counts = _has_ratio(values)
    logs = _log_ratios(values[counts])
    ci = _ratio_interval(logs, start_of_block(run.manifest, blocks[counts]), confidence)
    return RatioEstimate(_typical(logs), ci)


def _paired(
    run: Run, samples: Samples, pair: Pair, condition: int, metric: str, statistic: str
) -> tuple[Any, Any, int]:
    """Blocks that both arms completed, their values (arm, reference) in ms, and how many are not complete."""
    arm, reference = (
        block_values(samples[condition, index], metric, run.manifest.messages_per_block, statistic)
        for index in (pair.arm, pair.reference)
    )
    common = sorted(arm.keys() & reference.keys())
    values = np.array([(arm[block], reference[block]) for block in common]).reshape(-1, 2)
    return np.array(common, dtype=np.int64), values, max(0, measured_blocks_of(run.manifest) - len(common))


def _has_ratio(values: Any) -> Any:
    """∞ ÷ ∞ is no number, and neither is what has no time at all."""
    return np.any(np.isfinite(values), axis=1) & np.all(values > 0, axis=1)


def _log_ratios(values: Any) -> Any:
    """On logarithms, so that a÷b and b÷a tell the same story; ±∞ where one arm failed."""
    return np.log(values[:, 0]) - np.log(values[:, 1])


def _ratio_interval(logs: Any, starts: Any, confidence: float) -> tuple[float, float] | None:
    ends = units_interval(logs, starts, confidence)
    return None if ends is None else (float(np.exp(ends[0])), float(np.exp(ends[1])))


def _typical(logs: Any) -> float | None:
    """The ratio of the median block; None where half of the blocks failed in one arm and half in the other."""
    middle = median_of(logs) if len(logs) else nan
    return None if isnan(middle) else float(np.exp(middle))
