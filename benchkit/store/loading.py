"""Reading a run back, closed or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchkit.errors import StoreError
from benchkit.model.run import MESSAGE_COLUMNS, PHASE_COLUMNS, WIRE_COLUMNS, Run, Table
from benchkit.store.folder import read_manifest
from benchkit.store.resolving import ARRIVAL_SCHEMA, Parse, bodies_by_key, resolved_arrivals
from benchkit.store.rows import arrow_schema
from benchkit.store.spool import read_batches


def load_run(folder: Path, parse: Parse | None = None) -> Run:
    """A stored run. One that nobody closed is read from its spools; `parse` then tells what arrived.

    Raises InputError where there is no run, or one of another schema version, and StoreError where its tables are damaged.
    """
    manifest = read_manifest(folder)
    closed = all((folder / f"{name}.parquet").exists() for name in ("messages", "phases", "arrivals"))
    try:
        tables = _closed_tables(folder) if closed else _spooled_tables(folder, parse)
        wire = _wire_table(folder)
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"{folder}: {error}") from error
    messages, phases, arrivals = (_to_numpy(table) for table in tables)
    return Run(folder, manifest, messages, phases, arrivals, recovered=not closed, wire=_to_numpy(wire))


def _closed_tables(folder: Path) -> list[pa.Table]:
    return [pq.read_table(folder / f"{name}.parquet") for name in ("messages", "phases", "arrivals")]


def _spooled_tables(folder: Path, parse: Parse | None) -> list[pa.Table]:
    bodies = bodies_by_key(folder, parse) if parse is not None else {}
    return [
        pa.Table.from_batches(read_batches(folder / "messages.arrow"), arrow_schema(MESSAGE_COLUMNS)),
        pa.Table.from_batches(read_batches(folder / "phases.arrow"), arrow_schema(PHASE_COLUMNS)),
        pa.Table.from_batches(resolved_arrivals(folder, bodies), ARRIVAL_SCHEMA),
    ]


def _wire_table(folder: Path) -> pa.Table:
    if (folder / "wire.parquet").exists():
        return pq.read_table(folder / "wire.parquet")
    return pa.Table.from_batches(read_batches(folder / "wire.arrow"), arrow_schema(WIRE_COLUMNS))


def _to_numpy(table: pa.Table) -> Table:
    columns: dict[str, Any] = {}
    for name in table.column_names:
        column = table.column(name)
        if pa.types.is_string(column.type) or pa.types.is_binary(column.type):
            columns[name] = np.array(column.to_pylist(), dtype=object)
        else:
            columns[name] = column.to_numpy()
    return columns
