"""Reads a run, closed or not. Short tables are loaded into memory, long ones stay on disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchkit.errors import DamagedRun, reason
from benchkit.model.run import Manifest, Run, RunStatus, Table
from benchkit.model.tables import ARRIVALS, COLLECTED, IN_DOUBT, MESSAGES, TABLES, StoredColumn, TableLayout
from benchkit.store.resolving import Parse, bodies_by_key, resolved_arrivals
from benchkit.store.rows import arrow_schema, arrow_type
from benchkit.store.run_lock import manifest_now
from benchkit.store.spool import read_table, spools_of
from benchkit.store.started_sends import in_doubt
from benchkit.store.stored_table import StoredTable, default_values, to_numpy

IN_MEMORY_ROWS = 100_000  # of a closed table; at most some 20 MB


def load_run(folder: Path, parse: Parse | None = None) -> Run:
    """A stored run. One that was never closed is read from its spools; `parse` then tells what arrived.

    Raises InputError where there is no run, or one of a later schema, and DamagedRun where its tables are damaged.
    """
    manifest = manifest_now(folder)
    missing = [layout.name for layout in _always(manifest) if not _parquet(folder, layout).exists()]
    if (
        missing
        and manifest.status not in (RunStatus.RUNNING, RunStatus.KILLED)
        and not spools_of(folder, MESSAGES.name)
    ):
        raise DamagedRun(
            f"{folder}: {missing[0]}.parquet is missing, so the run cannot be read: restore the file, or run again"
        )
    try:
        tables = {layout.name: _table(folder, layout, manifest.schema, parse) for layout in TABLES}
        tables |= {layout.name: _collected(folder, layout, manifest.schema) for layout in COLLECTED}
    except DamagedRun:
        raise
    except (OSError, pa.ArrowException) as error:
        raise DamagedRun(f"{folder}: {error}") from error
    return Run(folder, manifest, **tables, recovered=bool(missing))


def _always(manifest: Manifest) -> Iterator[TableLayout]:
    """The tables that a closed run of that schema has."""
    return (layout for layout in TABLES if layout.since <= manifest.schema and not layout.optional)


def _parquet(folder: Path, layout: TableLayout) -> Path:
    return folder / f"{layout.name}.parquet"


def _table(folder: Path, layout: TableLayout, schema: int, parse: Parse | None) -> Table:
    """Empty if the run has none of it."""
    path = _parquet(folder, layout)
    if path.exists():
        return _closed_table(path, layout, schema)
    if layout is ARRIVALS:
        rows = list(resolved_arrivals(folder, bodies_by_key(folder, parse) if parse is not None else {}))
    elif layout is IN_DOUBT:
        rows = in_doubt(folder).to_batches()
    else:
        rows = list(read_table(folder, layout.name))
    table = pa.Table.from_batches(rows, rows[0].schema if rows else arrow_schema(layout))
    return _in_memory(table, _lacking(folder / layout.name, layout, schema, table.schema))


def _collected(folder: Path, layout: TableLayout, schema: int) -> Table:
    """What came in after the run; without rows where nothing was collected."""
    path = _parquet(folder, layout)
    return _closed_table(path, layout, schema) if path.exists() else {}


def _closed_table(path: Path, layout: TableLayout, schema: int) -> Table:
    try:
        stored = StoredTable(path)
        lacking = _lacking(path, layout, schema, stored.schema)
        return (
            StoredTable(path, lacking)
            if stored.rows > IN_MEMORY_ROWS
            else _in_memory(pq.ParquetFile(path).read(), lacking)
        )
    except (OSError, pa.ArrowException) as error:
        raise DamagedRun(f"{path} cannot be read: {reason(error)}") from error


def _lacking(path: Path, layout: TableLayout, schema: int, stored: pa.Schema) -> list[StoredColumn]:
    """The columns that came after the run. Raises DamagedRun where it lacks another, or has one of another type."""
    lacking = [column for column in layout.columns if column.name not in stored.names]
    for column in layout.columns:
        if column in lacking:
            if column.since <= schema:
                raise DamagedRun(f"{path} is damaged: it has no column {column.name!r}")
        elif stored.field(column.name).type != arrow_type(column):
            types = f"{stored.field(column.name).type} instead of {arrow_type(column)}"
            raise DamagedRun(f"{path} is damaged: its column {column.name!r} holds {types}")
    return lacking


def _in_memory(table: pa.Table, lacking: Sequence[StoredColumn]) -> Table:
    stored = {name: to_numpy(table.column(name).combine_chunks()) for name in table.column_names}
    return stored | {column.name: default_values(column, table.num_rows) for column in lacking}
