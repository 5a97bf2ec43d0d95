"""The names of what is measured of an arm, one list: for thresholds, contrasts and reports.

The names are keys of scenarios and stored runs: a new one is a line here, and its value one in stats/thresholds.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from benchkit.model.load import LoadModel


class Metric(StrEnum):
    SERVICE = "service"
    RESPONSE = "response"
    WAIT = "wait"
    FAILURE_RATE = "failure_rate"
    THROUGHPUT = "throughput"
    TURNS = "turns"
    TIME_PER_MESSAGE = "time per message"  # of a block: its span ÷ its accepted messages; no threshold has it


@dataclass(frozen=True, slots=True)
class Measure:
    """`units` that a threshold may be written in, with their factors to the base unit; `shown` is the base unit.

    `of_sample`: a statistic says which number of the sample is meant.
    """

    units: Mapping[str, float]
    shown: str
    of_sample: bool = False


_DURATION = Measure({"us": 0.001, "µs": 0.001, "ms": 1.0, "s": 1000.0}, "ms", of_sample=True)
MEASURES: Mapping[Metric, Measure] = {
    Metric.SERVICE: _DURATION,
    Metric.RESPONSE: _DURATION,
    Metric.WAIT: _DURATION,
    Metric.FAILURE_RATE: Measure({"": 1.0, "%": 0.01}, ""),
    Metric.THROUGHPUT: Measure({"/s": 1.0}, "1/s"),
    Metric.TURNS: Measure({"": 1.0}, ""),
}
COMPARED_BY: Mapping[LoadModel, Metric] = {  # what arms are compared by (method.md §4, §7)
    LoadModel.TALK: Metric.SERVICE,
    LoadModel.THROUGHPUT: Metric.TIME_PER_MESSAGE,
    LoadModel.OPEN: Metric.RESPONSE,
}
