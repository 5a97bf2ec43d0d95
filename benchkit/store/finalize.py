"""Closing a run: spools become Parquet, one batch at a time, and go."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchkit.errors import StoreError
from benchkit.model.run import CELL_COLUMNS, LAG_COLUMNS, MESSAGE_COLUMNS, PHASE_COLUMNS, WIRE_COLUMNS
from benchkit.store import reserve_file
from benchkit.store.resolving import ARRIVAL_SCHEMA, Parse, bodies_by_key, resolved_arrivals
from benchkit.store.rows import arrow_schema
from benchkit.store.spool import read_table, spools_of


def close_tables(folder: Path, parse: Parse) -> None:
    """Write the Parquet tables of a run and remove its spools. Raises StoreError."""
    write_tables(folder, parse)
    remove_spools(folder)


def write_tables(folder: Path, parse: Parse) -> None:
    """The Parquet tables of a run; what arrived is still in the spools afterwards. Raises StoreError."""
    bodies = bodies_by_key(folder, parse)
    tables = {
        "messages": (arrow_schema(MESSAGE_COLUMNS), read_table(folder, "messages")),
        "phases": (arrow_schema(PHASE_COLUMNS), read_table(folder, "phases")),
        "cells": (arrow_schema(CELL_COLUMNS), read_table(folder, "cells")),
        "lags": (arrow_schema(LAG_COLUMNS), read_table(folder, "lags")),
        "arrivals": (ARRIVAL_SCHEMA, resolved_arrivals(folder, bodies)),
    }
    if spools_of(folder, "wire"):
        tables["wire"] = (arrow_schema(WIRE_COLUMNS), read_table(folder, "wire"))
    reserve_file.remove(folder)
    try:
        for name, (schema, batches) in tables.items():
            _write_parquet(folder / f"{name}.parquet", schema, batches)
    except (OSError, pa.ArrowException) as error:
        for path in folder.glob("*.unfinished"):
            path.unlink(missing_ok=True)
        raise StoreError(f"{folder}: the run stays in its spools: {error}") from error


def remove_spools(folder: Path) -> None:
    """Only once all tables stand."""
    for name in ("messages", "phases", "cells", "lags", "arrivals", "wire", "bodies"):
        for spool in spools_of(folder, name):
            spool.unlink()


def _write_parquet(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    unfinished = path.with_suffix(".unfinished")
    with pq.ParquetWriter(unfinished, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
    unfinished.rename(path)
