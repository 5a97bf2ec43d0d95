"""Rows of a table in memory: a row is recorded by one call with a keyword for each column, and one `pack_into`.

Columns of fixed width stand in one preallocated buffer; those of texts and bytes are lists. The buffer may be a mapped file, so
that its rows survive a kill of the process. Each row ends with its number, counted from 1 over the life of the buffer and
written last: a row whose number does not follow the one before was not written whole, or is left from before `clear`.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchkit.errors import DamagedRun, StoreError
from benchkit.model.tables import StoredColumn, TableLayout
from benchkit.store.arrow_arrays import of_numbers, of_octets, of_texts
from benchkit.store.private_files import FILE_MODE

_CODES = {"int64": "q", "int32": "i", "int16": "h", "int8": "b", "bool": "?", "binary16": "16s"}
_DTYPES = {"int64": "<i8", "int32": "<i4", "int16": "<i2", "int8": "i1", "bool": "?", "binary16": "V16"}
_ARROW = {
    "int64": pa.int64(), "int32": pa.int32(), "int16": pa.int16(), "int8": pa.int8(), "bool": pa.bool_(),
    "binary16": pa.binary(16), "string": pa.string(), "binary": pa.binary(),
}  # fmt: skip
_OF: dict[str, Callable[[Any, pa.DataType], pa.Array]] = {"string": of_texts, "binary": of_octets}
_NUMBER = "row number"
_CLEARED = struct.Struct("<Q")  # the head of a buffer: how many rows were cleared, and then its fixed columns as JSON
_HEAD_BYTES = 4096


def arrow_type(column: StoredColumn) -> pa.DataType:
    return _ARROW[column.kind]


def arrow_schema(layout: TableLayout) -> pa.Schema:
    return pa.schema([(column.name, arrow_type(column)) for column in layout.columns])


class RowBuffer:
    """Up to `capacity` rows. `append` takes every column of the layout by its name; a missing or unknown one is a TypeError.

    Its fixed columns are in a file if there is a `path`; raises StoreError where the disk has no room for it.
    """

    def __init__(self, layout: TableLayout, capacity: int, path: Path | None = None) -> None:
        self._layout = layout
        self._fixed = {column.name: column.kind for column in layout.columns if column.kind in _CODES}
        self._row = struct.Struct("<" + "".join(_CODES[kind] for kind in self._fixed.values()) + "Q")
        self._bytes = _buffer(self._fixed, self._row.size * capacity, path)
        self._lists: dict[str, list[Any]] = {name: [] for name in layout.kinds if name not in self._fixed}
        self._path = path
        self.capacity = capacity
        self.cleared = self.count = 0
        self.append: Callable[..., None] = self._compiled_append()

    def columns(self) -> dict[str, pa.Array]:
        """The rows as Arrow columns, copied out."""
        fixed = _columns_of(np.frombuffer(self._bytes, _dtype(self._fixed), self.count, _HEAD_BYTES), self._fixed)
        return {
            column.name: fixed[column.name]
            if column.name in fixed
            else _OF[column.kind](self._lists[column.name], arrow_type(column))
            for column in self._layout.columns
        }

    def clear(self) -> None:
        """The rows are stored elsewhere."""
        for values in self._lists.values():
            values.clear()
        self.cleared += self.count
        self.count = 0
        _CLEARED.pack_into(self._bytes, 0, self.cleared)

    def remove(self) -> None:
        """The file is not needed any more."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def _compiled_append(self) -> Callable[..., None]:
        """Made for these columns, as collections.namedtuple makes its methods: a loop over them would cost twice the time."""
        names = list(self._layout.kinds)
        source = [
            f"def append(*, {', '.join(names)}):",
            "    before = buffer.count",
            f"    place = {_HEAD_BYTES} + {self._row.size} * before",
            f"    pack_into(rows, place, {', '.join(self._fixed)}, buffer.cleared + before + 1)",
            *(f"    lists[{name!r}].append({name})" for name in self._lists),
            "    buffer.count = before + 1",
        ]
        scope: dict[str, Any] = {
            "pack_into": self._row.pack_into, "rows": self._bytes, "buffer": self, "lists": self._lists
        }  # fmt: skip
        exec("\n".join(source), scope)
        append: Callable[..., None] = scope["append"]
        return append


def rows_left(path: Path) -> dict[str, pa.Array]:
    """The fixed columns of rows that a buffer's process did not come to store; none where no such file was made, or not wholly.

    A kill between storing and `clear` leaves rows that are stored already. Raises DamagedRun where the file is damaged.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return {}
    head = data[_CLEARED.size : _HEAD_BYTES].rstrip(b"\0")
    if not head.endswith(b"}"):
        return {}
    try:
        fixed = json.loads(head)
        dtype = _dtype(fixed)
    except (ValueError, KeyError, AttributeError) as error:
        raise DamagedRun(f"{path} is damaged: {error}") from error
    (cleared,) = _CLEARED.unpack_from(data)
    rows = np.frombuffer(data, dtype, (len(data) - _HEAD_BYTES) // dtype.itemsize, _HEAD_BYTES)
    whole = rows[_NUMBER] == cleared + 1 + np.arange(len(rows), dtype=np.uint64)
    return _columns_of(rows[: len(rows) if whole.all() else int(np.argmin(whole))], fixed)


def _buffer(fixed: Mapping[str, str], size: int, path: Path | None) -> Any:
    """A new one, also where a killed process has left its file."""
    if path is None:
        return bytearray(_HEAD_BYTES + size)
    path.unlink(missing_ok=True)
    mapped = map_file(path, _HEAD_BYTES + size)
    head = json.dumps(fixed).encode("ascii")
    assert len(head) <= _HEAD_BYTES - _CLEARED.size
    mapped[_CLEARED.size : _CLEARED.size + len(head)] = head
    return mapped


def _dtype(fixed: Mapping[str, str]) -> np.dtype[Any]:
    return np.dtype([*((name, _DTYPES[kind]) for name, kind in fixed.items()), (_NUMBER, "<u8")])


def _columns_of(rows: npt.NDArray[Any], fixed: Mapping[str, str]) -> dict[str, pa.Array]:
    return {name: of_numbers(rows[name], _ARROW[kind]) for name, kind in fixed.items()}


def map_file(path: Path, size: int) -> mmap.mmap:
    """Made if it is missing; what it holds stays. Raises StoreError where the disk has no room for all of it."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE)
        try:
            os.posix_fallocate(descriptor, 0, size)  # writing to a page without room on the disk is SIGBUS
            return mmap.mmap(descriptor, size)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise StoreError(
            f"{path}: {size:,} bytes for the run's records cannot be reserved: {error.strerror}"
        ) from error
