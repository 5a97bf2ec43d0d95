"""What figures of a run draw, as plain numbers: percentile curves of each arm, its rate and failures over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from benchkit.model.durations import NS_PER_S, response_ns, service_ns
from benchkit.model.load import LoadModel
from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import Run
from benchkit.stats.blocks import block_values
from benchkit.stats.sample import Sample, milliseconds_or_infinite

# Of the body every fifth, and the tail on: each further digit needs ten times the messages
PERCENTILES = (0.0, 1.0, *(float(p) for p in range(5, 100, 5)), 96.0, 97.0, 98.0, 99.0, 99.5, 99.9, 99.95, 99.99, 100.0)
MOST_STRETCHES = 40
BEYOND = 5  # messages that lie beyond a percentile of the tail: fewer say nothing of it


@dataclass(frozen=True, slots=True)
class Curve:
    """(percentile, milliseconds), as many as there are messages for; a failure is +∞ and ends the curve."""

    arm: int
    condition: int
    messages: int
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some consecutive blocks of one arm. `rate_per_s` is accepted messages per second of the arm's own time."""

    started_s: float  # since the first message of the condition, of any arm
    accepted: int
    failed: int
    rate_per_s: float | None


def percentile_curve(run: Run, sample: Sample) -> Curve:
    duration = response_ns if run.manifest.load["model"] == LoadModel.OPEN else service_ns
    values = np.sort(milliseconds_or_infinite(duration(sample.rows), sample.accepted))
    return Curve(sample.arm, sample.condition, len(values), tuple(_points(values)))


def _points(ordered: Any) -> list[tuple[float, float]]:
    n = len(ordered)
    supported = [p for p in PERCENTILES if p in (0, 100) or n * min(p, 100 - p) >= 100]
    at = [min(n - 1, int(np.ceil(n * p / 100)) - 1 if p else 0) for p in supported] if n else []
    return [(p, float(ordered[i])) for p, i in zip(supported, at, strict=False) if np.isfinite(ordered[i])]


def block_quartiles(run: Run, sample: Sample) -> tuple[float, float, float] | None:
    """Of the blocks' median service times that are no failures, in ms: lower, middle, upper; None without such a block."""
    values = np.array(list(block_values(sample, "service", run.manifest.messages_per_block).values()))
    known = values[np.isfinite(values)]
    if not len(known):
        return None
    low, median, high = (float(value) for value in np.quantile(known, (0.25, 0.5, 0.75)))
    return low, median, high


def over_time(run: Run, sample: Sample) -> tuple[Stretch, ...]:
    """In order; as many blocks in each as make at most MOST_STRETCHES."""
    if not sample.started:
        return ()
    rows = run.messages["condition"] == sample.condition
    zero_ns = int(run.messages["started_ns"][rows].min())
    blocks, place = np.unique(sample.rows["block"], return_inverse=True)
    first, last, accepted, sent = _by_block(sample, place, len(blocks))
    each = -(-len(blocks) // MOST_STRETCHES)
    return tuple(
        _stretch(slice(start, start + each), first, last, accepted, sent, zero_ns)
        for start in range(0, len(blocks), each)
    )


def _by_block(sample: Sample, place: Any, blocks: int) -> tuple[Any, Any, Any, Any]:
    """First start, last end, messages accepted and sent, by block."""
    first, last = np.full(blocks, np.iinfo(np.int64).max), np.zeros(blocks, dtype=np.int64)
    np.minimum.at(first, place, sample.rows["started_ns"])
    np.maximum.at(last, place, sample.rows["ended_ns"])
    accepted = np.bincount(place, sample.rows["outcome"] == OutcomeKind.ACCEPTED, blocks)
    return first, last, accepted, np.bincount(place, minlength=blocks)


def _stretch(blocks: slice, first: Any, last: Any, accepted: Any, sent: Any, zero_ns: int) -> Stretch:
    """Blocks of other arms lie between: the arm's own time is the sum of its blocks'."""
    busy_s = float((last[blocks] - first[blocks]).sum()) / NS_PER_S
    taken, started = int(accepted[blocks].sum()), int(sent[blocks].sum())
    begun_s = float(first[blocks][0] - zero_ns) / NS_PER_S
    return Stretch(begun_s, taken, started - taken, taken / busy_s if busy_s > 0 else None)
