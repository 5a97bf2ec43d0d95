"""The measured rows of one arm under one condition: what every number of a report is computed from. Warm-up is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchkit.model.durations import NS_PER_MS
from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import Run, Table


@dataclass(frozen=True, slots=True)
class Sample:
    """`index` are the positions in `run.messages` of `rows`."""

    arm: int
    condition: int
    index: Any
    rows: Table

    @property
    def started(self) -> int:
        return len(self.index)

    @property
    def accepted(self) -> Any:
        """Of each row, whether the server took the message."""
        return self.rows["outcome"] == OutcomeKind.ACCEPTED

    @property
    def failed(self) -> int:
        return self.started - int(np.count_nonzero(self.accepted))


def rows_by_block(rows: Table) -> dict[int, Any]:
    """Positions in `rows` by block, each in the order of recording: one sort instead of a search per block."""
    order = np.argsort(rows["block"], kind="stable")
    numbers, first = np.unique(rows["block"][order], return_index=True)
    return dict(zip(numbers.tolist(), np.split(order, first[1:]), strict=False))


Samples = Mapping[tuple[int, int], Sample]


def measured_samples(run: Run) -> Samples:
    """By (condition, arm), in that order, for all that the manifest names, with or without rows."""
    keys = [(c, a) for c in range(len(run.manifest.conditions)) for a in range(len(run.manifest.arms))]
    return {(condition, arm): _sample(run.messages, condition, arm) for condition, arm in keys}


def _sample(messages: Table, condition: int, arm: int) -> Sample:
    mine = ~messages["warmup"] & (messages["condition"] == condition) & (messages["arm"] == arm)
    index = np.flatnonzero(mine)
    return Sample(arm, condition, index, {name: column[index] for name, column in messages.items()})


def milliseconds_or_infinite(durations_ns: Any, accepted: Any) -> Any:
    """Durations in ms; a failure is +∞, so that it stands above every success in the ranks and is never dropped."""
    return np.where(accepted, np.asarray(durations_ns, dtype=np.float64) / NS_PER_MS, np.inf)
