"""Closing a run: spools become Parquet, one batch at a time, and go."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchkit.errors import StoreError
from benchkit.model.tables import ARRIVALS, TABLES
from benchkit.store import reserve_file
from benchkit.store.ledger import BODIES
from benchkit.store.resolving import Parse, bodies_by_key, resolved_arrivals
from benchkit.store.rows import arrow_schema
from benchkit.store.spool import read_table, spools_of


def close_tables(folder: Path, parse: Parse) -> None:
    """Write the Parquet tables of a run and remove its spools. Raises StoreError."""
    write_tables(folder, parse)
    remove_spools(folder)


def write_tables(folder: Path, parse: Parse) -> None:
    """The Parquet tables of a run; what arrived is still in the spools afterwards. Raises StoreError."""
    arrivals = resolved_arrivals(folder, bodies_by_key(folder, parse))
    reserve_file.remove(folder)
    try:
        for layout in TABLES:
            if not layout.in_lab_only or spools_of(folder, layout.name):
                rows = arrivals if layout is ARRIVALS else read_table(folder, layout.name)
                _write_parquet(folder / f"{layout.name}.parquet", arrow_schema(layout), rows)
    except (OSError, pa.ArrowException) as error:
        for path in folder.glob("*.unfinished"):
            path.unlink(missing_ok=True)
        raise StoreError(f"{folder}: the run stays in its spools: {error}") from error


def remove_spools(folder: Path) -> None:
    """Only once all tables stand."""
    for name in (*(layout.name for layout in TABLES), BODIES.name):
        for spool in spools_of(folder, name):
            spool.unlink()


def _write_parquet(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    unfinished = path.with_suffix(".unfinished")
    with pq.ParquetWriter(unfinished, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
    unfinished.rename(path)
