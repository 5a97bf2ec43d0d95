"""A table of a stored run as Arrow, for notebooks: every stored column, then those that people read (readable_columns.py)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchkit.errors import DamagedRun, reason
from benchkit.model.run import Run
from benchkit.model.tables import StoredColumn, TableLayout
from benchkit.store.readable_columns import READABLE
from benchkit.store.rows import arrow_type


def arrow_table(run: Run, layout: TableLayout) -> pa.Table:
    """Raises DamagedRun where the file cannot be read."""
    path = run.path / f"{layout.name}.parquet"
    table = _read(path) if path.exists() else _in_memory(getattr(run, layout.name, {}), layout)
    columns = {column.name: _column(table, column) for column in layout.columns}
    stored = pa.table(columns)
    for readable in READABLE.get(layout.name, ()):
        columns[readable.column.name] = readable.values(run.manifest, stored)
    return pa.table(columns)


def explained(layout: TableLayout) -> tuple[StoredColumn, ...]:
    """The columns of `arrow_table`, each with its description."""
    return (*layout.columns, *(readable.column for readable in READABLE.get(layout.name, ())))


def _read(path: Path) -> pa.Table:
    try:
        return pq.ParquetFile(path).read()
    except (OSError, pa.ArrowException) as error:
        raise DamagedRun(f"{path} cannot be read: {reason(error)}") from error


def _in_memory(table: Any, layout: TableLayout) -> pa.Table:
    """For a run that was never closed, whose rows come from its spools; empty if it has no rows of this table."""
    return pa.table(
        {column.name: pa.array(table.get(column.name, ()), arrow_type(column)) for column in layout.columns}
    )


def _column(table: pa.Table, column: StoredColumn) -> Any:
    """If the run is older than the column, it holds the default."""
    if column.name in table.column_names:
        return table.column(column.name)
    return pa.repeat(pa.scalar(column.default, arrow_type(column)), table.num_rows)
