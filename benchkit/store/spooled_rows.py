"""A table on its way to the disk: a buffer of rows, and the spool that it is written out to."""

from __future__ import annotations

from pathlib import Path

from benchkit.model.tables import TableLayout
from benchkit.store.rows import RowBuffer, arrow_schema
from benchkit.store.spool import SpoolWriter


class SpooledRows:
    """`append` is RowBuffer's and may be called while `room` lasts; `write_out` makes room, or raises StoreError."""

    def __init__(self, path: Path, layout: TableLayout, capacity: int) -> None:
        self._rows = RowBuffer(layout, capacity)
        self._spool = SpoolWriter(path, arrow_schema(layout))
        self.append = self._rows.append

    @property
    def room(self) -> int:
        return self._rows.capacity - self._rows.count

    @property
    def disk_full(self) -> bool:
        return self._spool.disk_full

    def write_out(self) -> None:
        if self._rows.count:
            self._spool.write(self._rows.take())

    def close(self) -> None:
        self._spool.close()
