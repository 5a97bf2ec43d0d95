"""Rows that no load worker records: what the lab's link counted, and when the sink was blocked. Raises StoreError."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchkit.model.tables import LAGS, WIRE, TableLayout
from benchkit.store.spool import SpooledRows, spool_of

SINK, SINK_SPOOL = -1, 1_000_000  # no worker's number


def record_wire(folder: Path, rows: Sequence[Mapping[str, int]]) -> None:
    """A row a connection, with a value for every column of WIRE; at the end of each segment."""
    _append(spool_of(folder, WIRE.name), WIRE, rows)


def record_sink_lag(folder: Path, condition: int, due_ns: int, called_ns: int, cpu_ns: int) -> None:
    """One time that the sink's process was blocked; its worker number is SINK."""
    row = {"condition": condition, "worker": SINK, "due_ns": due_ns, "called_ns": called_ns, "cpu_ns": cpu_ns}
    _append(spool_of(folder, LAGS.name, SINK_SPOOL), LAGS, [row])


def _append(spool: Path, layout: TableLayout, rows: Sequence[Mapping[str, int]]) -> None:
    spooled = SpooledRows(spool, layout, len(rows))
    for row in rows:
        spooled.append(**row)
    spooled.write_out()
    spooled.close()
