"""Of each block of an arm: when it ran, how many messages a second were accepted, and what share failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from benchkit.model.durations import NS_PER_S, elapsed_ns, span_ns
from benchkit.model.run import Run
from benchkit.stats.sample import Sample, Samples, rows_by_block


class BlockRates(NamedTuple):
    """Arrays with an element a block, in the order of time; `started_s` counts from the run's first send."""

    started_s: Any
    per_s: Any
    failed_share: Any
    messages: Any


def block_rates(run: Run, samples: Samples) -> Mapping[tuple[int, int], BlockRates]:
    """By (condition, arm)."""
    since = elapsed_ns(run.messages)
    return {key: _rates(sample, since[sample.index]) for key, sample in samples.items()}


def _rates(sample: Sample, since_ns: Any) -> BlockRates:
    accepted, started_ns, ended_ns = sample.accepted, sample.rows["started_ns"], sample.rows["ended_ns"]
    rows = []
    for index in rows_by_block(sample.rows).values():
        sent = int(np.count_nonzero(accepted[index]))
        span_s = span_ns(started_ns[index], ended_ns[index]) / NS_PER_S
        rate = sent / span_s if span_s > 0 else np.nan
        rows.append((since_ns[index].min() / NS_PER_S, rate, 1 - sent / len(index), len(index)))
    return BlockRates(*np.array(sorted(rows), dtype=np.float64).reshape(-1, 4).T)
