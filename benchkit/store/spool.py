"""Arrow IPC streams on disk: appended batch by batch, read up to the last whole one.

A spool may hold several streams, one behind the other: each segment of a run appends its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from benchkit.errors import StoreError


class SpoolWriter:
    """One stream. A batch that `write` has taken survives a kill of this process; raises StoreError on a full disk."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path = path
        self._schema = schema
        try:
            self._file = pa.OSFile(str(path), "ab")
            self._stream = pa.ipc.new_stream(self._file, schema)
        except OSError as error:
            raise StoreError(f"{path}: {error}") from error

    def write(self, columns: dict[str, pa.Array]) -> None:
        try:
            self._stream.write_batch(
                pa.record_batch([columns[name] for name in self._schema.names], schema=self._schema)
            )
        except (OSError, pa.ArrowException) as error:
            raise StoreError(f"{self._path}: {error}") from error

    def close(self) -> None:
        try:
            self._stream.close()
            self._file.close()
        except (OSError, pa.ArrowException) as error:
            raise StoreError(f"{self._path}: {error}") from error


def read_batches(path: Path) -> Iterator[pa.RecordBatch]:
    """Every whole batch of a spool; a truncated one, as a kill leaves it, ends the reading without an error."""
    try:
        with pa.memory_map(str(path)) as file:
            yield from _batches(file)
    except FileNotFoundError:
        return


def _batches(file: pa.NativeFile) -> Iterator[pa.RecordBatch]:
    size = file.size()
    try:
        while file.tell() < size:
            yield from pa.ipc.open_stream(file)
    except (OSError, pa.ArrowInvalid):
        return
