"""Arrow IPC streams on disk: appended batch by batch, each whole or not at all, read up to the last whole one.

A spool may hold several streams, one behind the other: each segment of a run appends its own. Each worker has spools of its
own, and a table is what all of them hold, with the rows that a killed process had still in its buffer (rows.py). When the disk
is full, the reserve file is given up for what must still be written, and `disk_full` says that it is time to stop.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from benchkit.errors import StoreError
from benchkit.model.tables import TableLayout
from benchkit.store import reserve_file
from benchkit.store.private_files import FILE_MODE
from benchkit.store.rows import RowBuffer, arrow_schema, rows_left

_END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"  # Arrow columnar format, "IPC streaming format"


class SpoolWriter:
    """One stream. A batch that `write` has taken survives a kill of this process. Raises StoreError when nothing fits."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path = path
        self._schema = schema
        self.disk_full = False
        try:
            self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, FILE_MODE)
        except OSError as error:
            raise StoreError(f"{path}: {error.strerror}") from error
        self._append(schema.serialize())

    def write(self, columns: dict[str, pa.Array]) -> None:
        batch = pa.record_batch([columns[name] for name in self._schema.names], schema=self._schema)
        self._append(batch.serialize())

    def close(self) -> None:
        try:
            self._append(_END_OF_STREAM)
        finally:
            os.close(self._descriptor)

    def _append(self, data: pa.Buffer | bytes) -> None:
        try:
            self._append_whole(data)
        except OSError as error:
            self.disk_full = True
            if not reserve_file.give_up(self._path.parent):
                raise StoreError(f"{self._path}: {error.strerror}") from error
            self._append(data)

    def _append_whole(self, data: pa.Buffer | bytes) -> None:
        whole = os.fstat(self._descriptor).st_size
        left = memoryview(data)
        try:
            while left:
                left = left[os.write(self._descriptor, left) :]
        except OSError:
            os.ftruncate(self._descriptor, whole)
            raise


def spool_of(folder: Path, table: str, worker: int = 0) -> Path:
    return folder / (f"{table}-{worker}.arrow" if worker else f"{table}.arrow")


def spools_of(folder: Path, table: str) -> list[Path]:
    """All that there are, in the order of the workers."""
    return sorted((*folder.glob(f"{table}.arrow"), *folder.glob(f"{table}-*.arrow")), key=_worker_of)


def rows_file(spool: Path) -> Path:
    """The buffer of the rows that are not in this spool yet."""
    return spool.with_suffix(".rows")


def read_table(folder: Path, table: str) -> Iterator[pa.RecordBatch]:
    """Every whole batch of a table, worker by worker."""
    for path in spools_of(folder, table):
        yield from read_batches(path)


def _worker_of(path: Path) -> int:
    return int(path.stem.partition("-")[2] or 0)


def read_batches(path: Path) -> Iterator[pa.RecordBatch]:
    """Every whole batch of a spool, and the rows left in its buffer; a truncated batch, as a kill leaves it, is left out.

    Read and not mapped: the pages of a mapped file would count as this process's memory, all of them.
    """
    try:
        with pa.OSFile(str(path)) as file:
            last = None
            for batch in _batches(file):
                yield batch
                last = batch
            yield from _left(path, file, last)
    except FileNotFoundError:
        return


def _batches(file: pa.NativeFile) -> Iterator[pa.RecordBatch]:
    size = file.size()
    try:
        while file.tell() < size:
            yield from pa.ipc.open_stream(file)
    except (OSError, pa.ArrowInvalid):
        return


def _left(path: Path, file: pa.NativeFile, last: pa.RecordBatch | None) -> Iterator[pa.RecordBatch]:
    """A kill between writing a batch and emptying the buffer leaves its rows in both. Texts are not in a buffer: empty."""
    columns = rows_left(rows_file(path))
    count = len(next(iter(columns.values()), ()))
    if not count or (last is not None and all(last.column(name).equals(column) for name, column in columns.items())):
        return
    file.seek(0)
    schema = pa.ipc.open_stream(file).schema
    texts = pa.array([""] * count, pa.string())
    yield pa.record_batch([columns.get(name, texts) for name in schema.names], schema=schema)


class SpooledRows(RowBuffer):
    """Rows on their way to a spool: `append` while there is `room`; `write_out` makes room, or raises StoreError."""

    def __init__(self, path: Path, layout: TableLayout, capacity: int) -> None:
        self._spool = SpoolWriter(path, arrow_schema(layout))
        on_disk = "binary" not in layout.kinds.values()  # half a row that lacks its bytes is of no use
        super().__init__(layout, capacity, rows_file(path) if on_disk else None)

    @property
    def room(self) -> int:
        return self.capacity - self.count

    @property
    def disk_full(self) -> bool:
        return self._spool.disk_full

    def write_out(self) -> None:
        if self.count:
            self._spool.write(self.columns())
            self.clear()

    def close(self) -> None:
        self._spool.close()
        self.remove()
