"""One number per block: the unit of analysis is the block, for the messages within one are not independent (METHOD §5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from benchkit.model.durations import NS_PER_MS, response_ns, service_ns, span_ns
from benchkit.model.run import Table
from benchkit.model.scenario import LoadModel
from benchkit.stats.sample import Sample, milliseconds_or_infinite

METRICS = {LoadModel.TALK: "service", LoadModel.THROUGHPUT: "time per message", LoadModel.OPEN: "response"}


def metric_of(load_model: str) -> str:
    """What an arm is compared by under this load."""
    return METRICS[LoadModel(load_model)]


def block_values(sample: Sample, metric: str, messages_per_block: int) -> dict[int, float]:
    """The metric in ms by complete block; +∞ where so many failed that it has no value."""
    numbers, counts = np.unique(sample.rows["block"], return_counts=True)
    complete = numbers[counts >= messages_per_block]
    return {int(block): _VALUE[metric](_rows_of(sample, block)) for block in complete}


def _rows_of(sample: Sample, block: int) -> Sample:
    index = np.flatnonzero(sample.rows["block"] == block)
    rows = {name: sample.rows[name][index] for name in ("intended_ns", "started_ns", "ended_ns", "outcome")}
    return Sample(sample.arm, sample.condition, index, rows)


def _service(cell: Sample) -> float:
    return _median(service_ns(cell.rows), cell)


def _response(cell: Sample) -> float:
    return _median(response_ns(cell.rows), cell)


def _median(durations_ns: Any, cell: Sample) -> float:
    return float(np.median(milliseconds_or_infinite(durations_ns, cell.accepted)))


def _time_per_message(cell: Sample) -> float:
    accepted = cell.started - cell.failed
    return _span_ms(cell.rows) / accepted if accepted else float("inf")


def _span_ms(rows: Table) -> float:
    return span_ns(rows["started_ns"], rows["ended_ns"]) / NS_PER_MS


_VALUE: Mapping[str, Any] = {"service": _service, "response": _response, "time per message": _time_per_message}
