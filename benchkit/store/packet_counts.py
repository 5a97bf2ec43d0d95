"""What the lab's link counted, a row a connection, added to the run at the end of each segment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchkit.model.run import WIRE_COLUMNS
from benchkit.store.rows import RowBuffer, arrow_schema
from benchkit.store.spool import SpoolWriter


def record_wire(folder: Path, rows: Sequence[tuple[int, ...]]) -> None:
    """Append rows, in the order of WIRE_COLUMNS. Raises StoreError."""
    spool = SpoolWriter(folder / "wire.arrow", arrow_schema(WIRE_COLUMNS))
    if rows:
        buffer = RowBuffer(WIRE_COLUMNS, len(rows))
        for row in rows:
            buffer.append(*row)
        spool.write(buffer.take())
    spool.close()
