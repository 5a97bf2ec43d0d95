"""The spools of a running run: each call gives the complete batches that were added since the last call."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from benchkit.model.run import Table
from benchkit.store.spool import spools_of
from benchkit.store.stored_table import to_numpy

_END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"  # one segment's stream ends, the next one's may follow


class GrowingSpools:
    """Of one table, all workers' spools. A half-written batch is read at a later call."""

    def __init__(self, folder: Path, table: str) -> None:
        self._folder = folder
        self._table = table
        self._read: dict[Path, int] = {}  # bytes of each spool
        self._schemas: dict[Path, pa.Schema] = {}

    def new_rows(self) -> Iterator[Table]:
        for path in spools_of(self._folder, self._table):
            try:
                with path.open("rb") as file:
                    yield from self._new_batches(path, pa.PythonFile(file))
            except FileNotFoundError:  # the run has been closed meanwhile
                continue

    def _new_batches(self, path: Path, file: pa.NativeFile) -> Iterator[Table]:
        while True:
            place = self._read.get(path, 0)
            file.seek(place)
            if file.read(len(_END_OF_STREAM)) == _END_OF_STREAM:
                self._read[path] = place + len(_END_OF_STREAM)
                continue
            file.seek(place)
            try:
                message = pa.ipc.read_message(file)
            except (EOFError, OSError, pa.ArrowInvalid):
                return
            self._read[path] = file.tell()
            if message.type == "schema":
                self._schemas[path] = pa.ipc.read_schema(message)
            else:
                batch = pa.ipc.read_record_batch(message, self._schemas[path])
                yield {name: to_numpy(batch.column(name)) for name in batch.schema.names}
