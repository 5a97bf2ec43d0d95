"""One number per block: the unit of analysis is the block, for the messages within one are not independent (method.md §5)."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

import numpy as np

from benchkit.model.durations import NS_PER_MS, response_ns, service_ns, span_ns
from benchkit.model.scenario import LoadModel
from benchkit.stats.sample import RowsOf, Sample, milliseconds_or_infinite, rows_by_block

METRICS = {LoadModel.TALK: "service", LoadModel.THROUGHPUT: "time per message", LoadModel.OPEN: "response"}


def metric_of(load_model: str) -> str:
    """What an arm is compared by under this load."""
    return METRICS[LoadModel(load_model)]


def block_values(sample: Sample, metric: str, messages_per_block: int) -> dict[int, float]:
    """The metric in ms by complete block; +∞ where so many failed that it has no value."""
    blocks = rows_by_block(sample.rows).items()
    rows = {name: sample.rows[name] for name in ("intended_ns", "started_ns", "ended_ns", "outcome")}
    cells = {block: Sample(sample.arm, sample.condition, index, RowsOf(rows, index)) for block, index in blocks}
    return {block: _VALUE[metric](cell) for block, cell in cells.items() if cell.started >= messages_per_block}


def _service(cell: Sample) -> float:
    return _median(service_ns(cell.rows), cell)


def _response(cell: Sample) -> float:
    return _median(response_ns(cell.rows), cell)


def _median(durations_ns: Any, cell: Sample) -> float:
    return float(np.median(milliseconds_or_infinite(durations_ns, cell.accepted)))


def _time_per_message(cell: Sample) -> float:
    accepted = cell.started - cell.failed
    span_ms = span_ns(cell.rows["started_ns"], cell.rows["ended_ns"]) / NS_PER_MS
    return span_ms / accepted if accepted else inf


_VALUE: Mapping[str, Any] = {"service": _service, "response": _response, "time per message": _time_per_message}
