"""The measured rows of one arm under one condition: what every number of a report is computed from. Warm-up is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchkit.model.durations import NS_PER_MS
from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import Run, Table
from benchkit.stats.standstills import stopped_blocks


@dataclass(frozen=True, slots=True)
class RowsOf(Mapping[str, Any]):
    """Some rows of a table. A column is cut out when it is asked for and not kept: who needs it twice holds on to it."""

    table: Table
    index: Any

    def __getitem__(self, name: str) -> Any:
        return self.table[name][self.index]

    def __iter__(self) -> Iterator[str]:
        return iter(self.table)

    def __len__(self) -> int:
        return len(self.table)


@dataclass(frozen=True, slots=True)
class Sample:
    """`index` are the positions in `run.messages` of `rows`; `left_out` messages are not among them (standstills.py)."""

    arm: int
    condition: int
    index: Any
    rows: Table
    left_out: int = 0

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
    numbers = rows["block"]
    if len(numbers) == 0:
        return {}
    order = np.argsort(numbers, kind="stable")
    numbers = numbers[order]
    first = np.flatnonzero(np.diff(numbers, prepend=numbers[0] - 1))
    return dict(zip(numbers[first].tolist(), np.split(order, first[1:]), strict=True))


Samples = Mapping[tuple[int, int], Sample]


def measured_samples(run: Run) -> Samples:
    """By (condition, arm), in that order, for all that the manifest names, with or without rows."""
    keys = [(c, a) for c in range(len(run.manifest.conditions)) for a in range(len(run.manifest.arms))]
    stopped = stopped_blocks(run)
    return {
        (condition, arm): _sample(run.messages, condition, arm, stopped.get(condition, frozenset()))
        for condition, arm in keys
    }


def measured_rows(messages: Table, condition: int, arm: int) -> Any:
    """Their positions, also those of blocks that are left out."""
    return np.flatnonzero(~messages["warmup"] & (messages["condition"] == condition) & (messages["arm"] == arm))


def _sample(messages: Table, condition: int, arm: int, stopped: frozenset[int]) -> Sample:
    index = measured_rows(messages, condition, arm)
    if not stopped:
        return Sample(arm, condition, index, RowsOf(messages, index))
    kept = index[~np.isin(messages["block"][index], np.array(sorted(stopped)))]
    return Sample(arm, condition, kept, RowsOf(messages, kept), left_out=len(index) - len(kept))


def milliseconds_or_infinite(durations_ns: Any, accepted: Any) -> Any:
    """Durations in ms; a failure is +∞, so that it stands above every success in the ranks and is never dropped."""
    values = np.asarray(durations_ns) / NS_PER_MS
    values[~accepted] = np.inf
    return values
