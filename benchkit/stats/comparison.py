"""What the blocks of a pair of arms say, before anyone judges: numbers only, the verdict is in verdict.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from benchkit.model.run import Run
from benchkit.model.summary import Estimate
from benchkit.stats.blocks import block_values, metric_of
from benchkit.stats.paired import hodges_lehmann, ratio_interval, signed_rank_p
from benchkit.stats.pairs import Pair, pairs_of
from benchkit.stats.sample import Samples

MIN_BLOCKS = 6  # the fewest with which a signed-rank test can reach 5 %: 2 · 2⁻⁶ = 3.1 %


@dataclass(frozen=True, slots=True)
class Comparison:
    """`blocks` are those that count: complete in both arms (else `incomplete`) and with a value in both (else `undefined`)."""

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


def compare_arms(run: Run, samples: Samples, seed: int) -> list[Comparison]:
    """Every pair under every condition; the bootstrap's seed is each comparison's own, so that none moves another."""
    metric = metric_of(run.manifest.load["model"])
    return [
        _compare(run, samples, pair, condition, metric, seed)
        for condition in range(len(run.manifest.conditions))
        for pair in pairs_of(run.manifest.arms)
    ]


def _compare(run: Run, samples: Samples, pair: Pair, condition: int, metric: str, seed: int) -> Comparison:
    manifest = run.manifest
    arm, reference = (
        block_values(samples[condition, index], metric, manifest.messages_per_block)
        for index in (pair.arm, pair.reference)
    )
    common = sorted(arm.keys() & reference.keys())
    values = np.array([(arm[block], reference[block]) for block in common]).reshape(-1, 2)
    defined = values[np.all(np.isfinite(values) & (values > 0), axis=1)]
    ratio, ci, p_value = _ratio(defined, manifest.confidence, (seed, condition, pair.arm))
    return Comparison(
        pair=pair,
        condition=condition,
        metric=metric,
        blocks=len(defined),
        incomplete=max(0, manifest.blocks - len(common)),
        undefined=len(common) - len(defined),
        ratio=ratio,
        ci=ci,
        shift_ms=hodges_lehmann(defined[:, 0] - defined[:, 1], manifest.confidence),
        p_value=p_value,
    )


def _ratio(
    values: Any, confidence: float, seed: tuple[int, ...]
) -> tuple[float | None, tuple[float, float] | None, float | None]:
    """Median ratio, its interval, p; on logarithms, so that a÷b and b÷a tell the same story."""
    if len(values) == 0:
        return None, None, None
    logs = np.log(values[:, 0]) - np.log(values[:, 1])
    ratio = float(np.exp(np.median(logs)))
    if len(values) < MIN_BLOCKS:
        return ratio, None, None
    return ratio, ratio_interval(logs, confidence, seed), signed_rank_p(logs)
