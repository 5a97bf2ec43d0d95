"""A table being written: a buffer of rows that survives a kill, and the spool that it is written to."""

from __future__ import annotations

from pathlib import Path

from benchkit.model.tables import TableLayout
from benchkit.store.rows import RowBuffer, arrow_schema
from benchkit.store.spool import SpoolWriter, rows_file


class SpooledRows:
    """`append` is RowBuffer's and may be called while `room` lasts; `write_out` makes room, or raises StoreError."""

    def __init__(self, path: Path, layout: TableLayout, capacity: int) -> None:
        self._spool = SpoolWriter(path, arrow_schema(layout))
        kept = "binary" not in layout.kinds.values()  # half a row that lacks its bytes is of no use
        self._rows = RowBuffer(layout, capacity, rows_file(path) if kept else None)
        self.append = self._rows.append

    @property
    def room(self) -> int:
        return self._rows.capacity - self._rows.count

    @property
    def disk_full(self) -> bool:
        return self._spool.disk_full

    def write_out(self) -> None:
        if self._rows.count:
            self._spool.write(self._rows.columns())
            self._rows.clear()

    def close(self) -> None:
        self._spool.close()
        self._rows.remove()
