"""What the lab's link counted, a row a connection, added to the run at the end of each segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchkit.model.tables import WIRE
from benchkit.store.spool import SpooledRows, spool_of


def record_wire(folder: Path, rows: Sequence[Mapping[str, int]]) -> None:
    """Append rows, each with a value for every column of WIRE. Raises StoreError."""
    spooled = SpooledRows(spool_of(folder, WIRE.name), WIRE, len(rows))
    for row in rows:
        spooled.append(**row)
    spooled.write_out()
    spooled.close()
