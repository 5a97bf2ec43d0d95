"""The shift function: by how much an arm differs from its baseline at each decile of the message times (docs/method.md §7).

Rousselet, Pernet and Wilcox (2017). The difference of two quantiles of all messages; its interval comes from a bootstrap over
blocks, or over starts where there are several, that keeps the pairs together: messages of a block are correlated, and so are
the two arms of it. A bootstrap of few units is too narrow; its percentiles are therefore those of Student's t (Hesterberg 2015,
"expanded percentile interval").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

from benchkit.model.durations import response_ns, service_ns
from benchkit.model.load import LoadModel
from benchkit.model.run import Run
from benchkit.stats.distributions import normal_tail, student_t_quantile
from benchkit.stats.pairs import Pair
from benchkit.stats.sample import Sample, Samples, milliseconds_or_infinite
from benchkit.stats.starts import restarts_of, start_of_block

DECILES = tuple(tenth / 10 for tenth in range(1, 10))
RESAMPLES = 500
MIN_UNITS = 6
MOST_VALUES = 10_000  # of an arm that the bootstrap draws from: more add nothing to a figure


@dataclass(frozen=True, slots=True)
class Shift:
    """At one decile, in ms: the baseline's time, the arm's time less it, and the interval of that."""

    decile: float
    baseline_ms: float
    difference_ms: float
    low_ms: float
    high_ms: float


def shift_function(run: Run, samples: Samples, pair: Pair, condition: int) -> tuple[Shift, ...]:
    """Nothing where fewer than MIN_UNITS blocks, or starts, have messages of both arms.

    A failure takes forever: where it reaches a decile of one arm or of a resample, that number is not finite (`_difference`).
    """
    arm, baseline = (_by_unit(run, samples[condition, index]) for index in (pair.arm, pair.reference))
    units = sorted(arm.keys() & baseline.keys())
    if len(units) < MIN_UNITS:
        return ()
    ours, theirs = [arm[unit] for unit in units], [baseline[unit] for unit in units]
    base = _deciles(theirs)
    found = _difference(_deciles(ours), base)
    rng = np.random.default_rng(run.manifest.load.get("seed", 1))
    draws = (rng.integers(0, len(units), len(units)) for _ in range(RESAMPLES))
    drawn = [_difference(*(_deciles([arm[unit] for unit in draw]) for arm in (ours, theirs))) for draw in draws]
    outside = _outside(len(units), run.manifest.confidence)
    low, high = np.quantile(drawn, (outside, 1 - outside), axis=0, method="inverted_cdf")
    return tuple(Shift(*map(float, values)) for values in zip(DECILES, base, found, low, high, strict=True))


def _outside(units: int, confidence: float) -> float:
    """The share of the resamples beyond each end."""
    t = student_t_quantile((1 + confidence) / 2, units - 1)
    return normal_tail(t * sqrt(units / (units - 1)))


def _deciles(values: Sequence[Any]) -> Any:
    """The smallest value that at least so many tenths of them do not exceed."""
    ordered = np.sort(np.concatenate(values))
    return ordered[[-(-tenth * len(ordered) // 10) - 1 for tenth in range(1, 10)]]


def _difference(ours: Any, theirs: Any) -> Any:
    """±∞ where failures reach the decile of one arm; NaN where they reach both: no difference that a figure could show."""
    with np.errstate(invalid="ignore"):
        return ours - theirs


def _by_unit(run: Run, sample: Sample) -> dict[int, Any]:
    """Times in ms by block, or by start."""
    durations = response_ns if run.manifest.load["model"] == LoadModel.OPEN else service_ns
    every = slice(None, None, max(1, sample.started // MOST_VALUES))
    times_ms = milliseconds_or_infinite(durations(sample.rows), sample.accepted)[every]
    blocks = sample.rows["block"][every]
    units = start_of_block(run.manifest, blocks) if restarts_of(run.manifest) > 1 else blocks
    return {int(unit): times_ms[units == unit] for unit in np.unique(units)}
