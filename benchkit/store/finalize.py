"""Closing a run: its spools are written as Parquet, a group of rows at a time, and removed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchkit.errors import StoreError
from benchkit.model.tables import ARRIVALS, IN_DOUBT, TABLES
from benchkit.store import reserve_file
from benchkit.store.ledger import BODIES
from benchkit.store.resolving import Parse, bodies_by_key, resolved_arrivals
from benchkit.store.rows import arrow_schema
from benchkit.store.spool import read_table, rows_file, spools_of
from benchkit.store.started_sends import in_doubt, remove_started

_ROWS_PER_GROUP = 65_536


def close_tables(folder: Path, parse: Parse) -> None:
    """Write the Parquet tables of a run and remove its spools. Raises StoreError."""
    write_tables(folder, parse)
    remove_spools(folder)


def write_tables(folder: Path, parse: Parse) -> None:
    """The Parquet tables of a run; what arrived is still in the spools afterwards. Raises StoreError."""
    rows: dict[str, Iterable[pa.RecordBatch]] = {ARRIVALS.name: resolved_arrivals(folder, bodies_by_key(folder, parse))}
    if (doubtful := in_doubt(folder)).num_rows:
        rows[IN_DOUBT.name] = doubtful.to_batches()
    reserve_file.remove(folder)
    try:
        for layout in TABLES:
            if not layout.optional or layout.name in rows or spools_of(folder, layout.name):
                batches = rows.get(layout.name, read_table(folder, layout.name))
                _write_parquet(folder / f"{layout.name}.parquet", arrow_schema(layout), batches)
    except (OSError, pa.ArrowException) as error:
        for path in (*folder.glob("*.unfinished"), *(folder / f"{layout.name}.parquet" for layout in TABLES)):
            path.unlink(missing_ok=True)  # the room that they take is needed for run.json
        raise StoreError(
            f"{folder}: the tables cannot be written, so the run stays in its spools, which benchkit report reads too: {error}"
        ) from error


def remove_spools(folder: Path) -> None:
    """Call only after all tables are written."""
    for name in (*(layout.name for layout in TABLES), BODIES.name):
        for spool in spools_of(folder, name):
            rows_file(spool).unlink(missing_ok=True)
            spool.unlink()
    remove_started(folder)


def _write_parquet(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    unfinished = path.with_suffix(".unfinished")
    with pq.ParquetWriter(unfinished, schema, compression="zstd") as writer:
        for table in _grouped(schema, batches):
            writer.write_table(table)
    unfinished.rename(path)


def _grouped(schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Combines batches: a spool has one every half second, and as row groups their metadata would exceed the rows."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(one.num_rows for one in waiting) >= _ROWS_PER_GROUP:
            yield pa.Table.from_batches(waiting, schema)
            waiting = []
    if waiting:
        yield pa.Table.from_batches(waiting, schema)
