"""A table of fixed-width rows on its way to the disk: a buffer, and the spool that it is written out to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchkit.store.rows import RowBuffer, arrow_schema
from benchkit.store.spool import SpoolWriter


class SpooledRows:
    """`append` may be called while `room` lasts; `write_out` makes room. Raises StoreError when the disk refuses."""

    def __init__(self, path: Path, columns: Mapping[str, str], capacity: int) -> None:
        self._rows = RowBuffer(columns, capacity)
        self._spool = SpoolWriter(path, arrow_schema(columns))

    def append(self, *values: Any) -> None:
        self._rows.append(*values)

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
