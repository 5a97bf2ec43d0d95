"""What the figures of durations draw: per condition and arm, the duration that the load model is about (method.md §4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from benchkit.model.durations import response_ns, service_ns
from benchkit.model.load import LoadModel
from benchkit.model.run import Run
from benchkit.stats.sample import measured_samples, milliseconds_or_infinite


def duration_name(run: Run) -> str:
    return "response time" if run.manifest.load["model"] == LoadModel.OPEN else "service time"


def durations_ms(run: Run) -> Mapping[tuple[int, int], Any]:
    """By (condition, arm): sorted milliseconds, a failure is +∞; measured messages only."""
    of = response_ns if run.manifest.load["model"] == LoadModel.OPEN else service_ns
    samples = measured_samples(run).items()
    return {key: np.sort(milliseconds_or_infinite(of(sample.rows), sample.accepted)) for key, sample in samples}


def finite(values: Any) -> Any:
    return values[np.isfinite(values)]


def limits(durations: Mapping[tuple[int, int], Any]) -> tuple[float, float]:
    """A range for a log axis that holds every success of every arm, with some air."""
    values = np.concatenate([finite(values) for values in durations.values()] or [np.array([])])
    values = values[values > 0]
    return (float(values.min()) / 1.15, float(values.max()) * 1.15) if len(values) else (0.1, 10.0)
