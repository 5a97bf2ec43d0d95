"""One number per block. The block is the unit of analysis, because the messages within one are not independent (method.md
§5).
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

import numpy as np

from benchkit.model.durations import NS_PER_MS, response_ns, service_ns, span_ns
from benchkit.model.load import LoadModel
from benchkit.model.metrics import COMPARED_BY, Metric
from benchkit.stats.sample import RowsOf, Sample, milliseconds_or_infinite, rows_by_block

_COLUMNS = ("intended_ns", "started_ns", "ended_ns", "outcome")
_PER_MILLE = {"p50": 500, "p90": 900, "p95": 950}
MESSAGES_NEEDED = {"p90": 10, "p95": 20}  # of a block: with fewer it is the slowest message, and says nothing of a tail


def metric_of(load_model: str) -> str:
    """What an arm is compared by under this load."""
    return COMPARED_BY[LoadModel(load_model)]


def statistics_of(metric: str, messages_per_block: int) -> tuple[str, ...]:
    """What of a block is compared besides its median; a block has one span, and so no quantiles of it."""
    if metric == Metric.TIME_PER_MESSAGE:
        return ()
    return (*(name for name, needs in MESSAGES_NEEDED.items() if messages_per_block >= needs), "mean")


def block_values(sample: Sample, metric: str, messages_per_block: int, statistic: str = "p50") -> dict[int, float]:
    """The metric's statistic in ms by complete block; +∞ where so many failed that it has no value."""
    blocks = rows_by_block(sample.rows).items()
    rows = {name: sample.rows[name] for name in _COLUMNS}
    cells = {block: Sample(sample.arm, sample.condition, index, RowsOf(rows, index)) for block, index in blocks}
    return {
        block: _value(cell, metric, statistic) for block, cell in cells.items() if cell.started >= messages_per_block
    }


def _value(cell: Sample, metric: str, statistic: str) -> float:
    if metric == Metric.TIME_PER_MESSAGE:
        return _time_per_message(cell)
    values = milliseconds_or_infinite(_DURATION[metric](cell.rows), cell.accepted)
    if statistic == "p50":
        return float(np.median(values))
    if statistic == "mean":
        return float(values.mean())
    return float(np.sort(values)[-(-len(values) * _PER_MILLE[statistic] // 1000) - 1])


def _time_per_message(cell: Sample) -> float:
    accepted = cell.started - cell.failed
    span_ms = span_ns(cell.rows["started_ns"], cell.rows["ended_ns"]) / NS_PER_MS
    return span_ms / accepted if accepted else inf


_DURATION: Mapping[str, Any] = {Metric.SERVICE: service_ns, Metric.RESPONSE: response_ns}
