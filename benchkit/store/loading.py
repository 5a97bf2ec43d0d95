"""Reading a run back, closed or not. Short tables are held, long ones stay on the disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchkit.errors import StoreError, reason
from benchkit.model.run import (
    ARRIVAL_COLUMNS,
    CELL_COLUMNS,
    LAG_COLUMNS,
    MESSAGE_COLUMNS,
    PHASE_COLUMNS,
    WIRE_COLUMNS,
    Run,
    RunStatus,
    Table,
)
from benchkit.store.folder import read_manifest
from benchkit.store.resolving import ARRIVAL_SCHEMA, Parse, bodies_by_key, resolved_arrivals
from benchkit.store.rows import arrow_schema
from benchkit.store.spool import read_table, spools_of
from benchkit.store.started import read_started
from benchkit.store.stored_table import StoredTable, default_column, to_numpy

CLOSED = {"messages": MESSAGE_COLUMNS, "phases": PHASE_COLUMNS, "arrivals": ARRIVAL_COLUMNS}  # of every closed run
HELD_ROWS = 100_000  # of a closed table; at most some 20 MB


def load_run(folder: Path, parse: Parse | None = None) -> Run:
    """A stored run. One that nobody closed is read from its spools; `parse` then tells what arrived.

    Raises InputError where there is no run, or one of another schema version, and StoreError where its tables are damaged.
    """
    manifest = read_manifest(folder)
    if not manifest.started:
        manifest = replace(manifest, started=read_started(folder))
    missing = [name for name in CLOSED if not (folder / f"{name}.parquet").exists()]
    if missing and manifest.status is not RunStatus.RUNNING and not spools_of(folder, "messages"):
        raise StoreError(f"{folder}: {missing[0]}.parquet is missing, of a run that was closed")
    closed = not missing
    try:
        messages, phases, arrivals = _closed_tables(folder) if closed else _spooled_tables(folder, parse)
        wire = _table_if_any(folder, "wire", WIRE_COLUMNS)
        cells, lags = _table_if_any(folder, "cells", CELL_COLUMNS), _table_if_any(folder, "lags", LAG_COLUMNS)
    except StoreError:
        raise
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"{folder}: {error}") from error
    return Run(folder, manifest, messages, phases, arrivals, recovered=not closed, wire=wire, cells=cells, lags=lags)


def _closed_tables(folder: Path) -> list[Table]:
    return [_closed_table(folder / f"{name}.parquet", columns) for name, columns in CLOSED.items()]


def _closed_table(path: Path, columns: Mapping[str, str]) -> Table:
    try:
        stored = StoredTable(path, columns)
        return stored if stored.rows > HELD_ROWS else _held(pq.read_table(path), columns)
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"{path} cannot be read: {reason(error)}") from error


def _spooled_tables(folder: Path, parse: Parse | None) -> list[Table]:
    bodies = bodies_by_key(folder, parse) if parse is not None else {}
    tables = (
        pa.Table.from_batches(read_table(folder, "messages"), arrow_schema(MESSAGE_COLUMNS)),
        pa.Table.from_batches(read_table(folder, "phases"), arrow_schema(PHASE_COLUMNS)),
        pa.Table.from_batches(resolved_arrivals(folder, bodies), ARRIVAL_SCHEMA),
    )
    return [_held(table) for table in tables]


def _table_if_any(folder: Path, name: str, columns: Mapping[str, str]) -> Table:
    """Without rows where the run has none of it."""
    if (folder / f"{name}.parquet").exists():
        return _closed_table(folder / f"{name}.parquet", columns)
    return _held(pa.Table.from_batches(read_table(folder, name), arrow_schema(columns)))


def _held(table: pa.Table, columns: Mapping[str, str] | None = None) -> Table:
    lacking = {name: default_column(name, table.num_rows) for name in columns or () if name not in table.column_names}
    return {name: to_numpy(table.column(name).combine_chunks()) for name in table.column_names} | lacking
