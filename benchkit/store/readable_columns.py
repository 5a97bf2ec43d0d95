"""Columns that a notebook gets beside the stored ones: names in place of numbers, durations in place of stamps.

Durations are those of model/durations.py; nothing here is a statistic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from benchkit.model.durations import (
    NS_PER_MS,
    NS_PER_S,
    cell_ns,
    elapsed_ns,
    lag_ns,
    phase_ns,
    response_ns,
    service_ns,
    wait_ns,
)
from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import Manifest, Table
from benchkit.model.tables import StoredColumn
from benchkit.model.trace import Phase

Names = Callable[[Manifest], Sequence[str]]


@dataclass(frozen=True, slots=True)
class ReadableColumn:
    """`values` makes it from the manifest and the stored table; `column.kind` is "name" (a dictionary) or "float64"."""

    column: StoredColumn
    values: Callable[[Manifest, pa.Table], pa.Array]


def _name(name: str, of: str, names: Names, about: str) -> ReadableColumn:
    def values(manifest: Manifest, table: pa.Table) -> pa.Array:
        numbers = table.column(of).combine_chunks().to_numpy(zero_copy_only=False).astype(np.int32)
        known = list(names(manifest))
        unknown = (numbers < 0) | (numbers >= len(known))
        return pa.DictionaryArray.from_arrays(pa.array(numbers, mask=unknown), pa.array(known, pa.string()))

    return ReadableColumn(StoredColumn(name, "name", about=about), values)


def _duration(
    name: str, of: Callable[[Table], Any], stamps: Sequence[str], about: str, unit_ns: float = NS_PER_MS
) -> ReadableColumn:
    def values(_: Manifest, table: pa.Table) -> pa.Array:
        found = {stamp: table.column(stamp).combine_chunks().to_numpy(zero_copy_only=False) for stamp in stamps}
        return pa.array(of(found) / unit_ns)

    return ReadableColumn(StoredColumn(name, "float64", about=about), values)


_ARM = _name("arm_name", "arm", lambda manifest: [arm.name for arm in manifest.arms], "name of the arm")
_CONDITION = _name(
    "condition_name", "condition", lambda manifest: [one.name for one in manifest.conditions], "name of the condition"
)
_OUTCOME = _name(
    "outcome_name", "outcome", lambda _: [kind.label for kind in OutcomeKind], "accepted, or the kind of the failure"
)
_PHASE = _name("phase_name", "phase", lambda _: [phase.label for phase in Phase], "name of the phase")

READABLE: Mapping[str, tuple[ReadableColumn, ...]] = {
    "messages": (
        _ARM,
        _CONDITION,
        _OUTCOME,
        _duration("wait_ms", wait_ns, ("intended_ns", "started_ns"), "started − intended"),
        _duration("service_ms", service_ns, ("started_ns", "ended_ns"), "ended − started"),
        _duration("response_ms", response_ns, ("intended_ns", "ended_ns"), "ended − intended"),
        _duration("elapsed_s", elapsed_ns, ("started_ns",), "seconds since the run's first send began", NS_PER_S),
    ),
    "phases": (_PHASE, _duration("duration_ms", phase_ns, ("started_ns", "ended_ns"), "ended − started")),
    "arrivals": (_ARM,),
    "cells": (
        _ARM,
        _CONDITION,
        _duration("duration_ms", cell_ns, ("started_ns", "ended_ns"), "ended − started"),
    ),
    "events": (_ARM,),
    "placements": (_ARM,),
    "lags": (_CONDITION, _duration("lag_ms", lag_ns, ("due_ns", "called_ns"), "called − due")),
    "wire": (_ARM, _CONDITION),
}
