"""Rows of a table in memory: recording a row is one call with a keyword for each column, and one `pack_into`.

Columns of fixed width stand in one preallocated buffer; those of texts and bytes are lists.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchkit.model.tables import Column, TableLayout

_CODES = {"int64": "q", "int32": "i", "int16": "h", "int8": "b", "bool": "?", "binary16": "16s"}
_DTYPES = {"int64": "<i8", "int32": "<i4", "int16": "<i2", "int8": "i1", "bool": "?", "binary16": "V16"}
_ARROW = {
    "int64": pa.int64(), "int32": pa.int32(), "int16": pa.int16(), "int8": pa.int8(), "bool": pa.bool_(),
    "binary16": pa.binary(16), "string": pa.string(), "binary": pa.binary(),
}  # fmt: skip


def arrow_type(column: Column) -> pa.DataType:
    return _ARROW[column.kind]


def arrow_schema(layout: TableLayout) -> pa.Schema:
    return pa.schema([(column.name, arrow_type(column)) for column in layout.columns])


class RowBuffer:
    """Up to `capacity` rows. `append` takes every column of the layout by its name; a missing or unknown one is a TypeError."""

    def __init__(self, layout: TableLayout, capacity: int) -> None:
        fixed = [column for column in layout.columns if column.kind in _CODES]
        self._layout = layout
        self._fixed = {column.name: column.kind for column in fixed}
        self._row = struct.Struct("<" + "".join(_CODES[column.kind] for column in fixed))
        self._dtype = np.dtype([(column.name, _DTYPES[column.kind]) for column in fixed])
        self._bytes = bytearray(self._row.size * capacity)
        self._lists: dict[str, list[Any]] = {name: [] for name in layout.kinds if name not in self._fixed}
        self.capacity = capacity
        self.count = 0
        self.append: Callable[..., None] = self._compiled_append()

    def take(self) -> dict[str, pa.Array]:
        """The rows as Arrow columns, copied out; the buffer is empty afterwards."""
        rows = np.frombuffer(self._bytes, self._dtype, self.count)
        taken = {
            column.name: _column(rows[column.name], column.kind)
            if column.name in self._fixed
            else pa.array(self._lists[column.name], arrow_type(column))
            for column in self._layout.columns
        }
        for values in self._lists.values():
            values.clear()
        self.count = 0
        return taken

    def _compiled_append(self) -> Callable[..., None]:
        """Made for these columns, as collections.namedtuple makes its methods: a loop over them would cost twice the time."""
        names = list(self._layout.kinds)
        source = [
            f"def append(*, {', '.join(names)}):",
            f"    pack_into(rows, {self._row.size} * buffer.count, {', '.join(self._fixed)})",
            *(f"    lists[{name!r}].append({name})" for name in self._lists),
            "    buffer.count += 1",
        ]
        scope: dict[str, Any] = {
            "pack_into": self._row.pack_into, "rows": self._bytes, "buffer": self, "lists": self._lists
        }  # fmt: skip
        exec("\n".join(source), scope)
        append: Callable[..., None] = scope["append"]
        return append


def _column(values: npt.NDArray[Any], kind: str) -> pa.Array:
    if kind == "binary16":  # numpy's bytes type would strip trailing NULs of a digest
        return pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), len(values), [None, pa.py_buffer(values.tobytes())])
    return pa.array(np.ascontiguousarray(values))
