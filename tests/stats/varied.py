"""Runs with one thing changed, and the one contrast of a summary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import Run
from benchkit.model.summary import Contrast, Summary

Factory = Callable[..., Run]


def with_rows(run: Run, rows: Any) -> Run:
    return replace(run, messages={name: column[rows] for name, column in run.messages.items()})


def with_columns(run: Run, **columns: Any) -> Run:
    return replace(run, messages={**run.messages, **columns})


def with_arms(run: Run, **changes: Any) -> Run:
    arms = tuple(replace(arm, **changes) for arm in run.manifest.arms)
    return replace(run, manifest=replace(run.manifest, arms=arms))


def with_failures(run: Run, arm: int, every: int) -> Run:
    """Each `every`-th message of the arm failed and so did not arrive."""
    return with_failed(run, (run.messages["arm"] == arm) & (run.messages["send"] % every == 0))


def with_failed(run: Run, failed: Any) -> Run:
    """The messages of these rows failed and did not arrive: what arrives of a failure makes the run invalid."""
    outcome = np.where(failed, OutcomeKind.TIMED_OUT, run.messages["outcome"]).astype("int8")
    arrived = ~np.isin(run.arrivals["send"], run.messages["send"][failed])
    arrivals = {name: column[arrived] for name, column in run.arrivals.items()}
    return replace(with_columns(run, outcome=outcome), arrivals=arrivals)


def only(summary: Summary) -> Contrast:
    (contrast,) = summary.contrasts
    return contrast
