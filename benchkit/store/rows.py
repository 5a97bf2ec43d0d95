"""Rows of fixed width in one preallocated buffer: recording a row is one `pack_into`, and allocates nothing."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

_CODES = {"int64": "q", "int32": "i", "int16": "h", "int8": "b", "bool": "?", "binary16": "16s"}
_DTYPES = {"int64": "<i8", "int32": "<i4", "int16": "<i2", "int8": "i1", "bool": "?", "binary16": "V16"}
_ARROW = {
    "int64": pa.int64(),
    "int32": pa.int32(),
    "int16": pa.int16(),
    "int8": pa.int8(),
    "bool": pa.bool_(),
    "binary16": pa.binary(16),
    "string": pa.string(),
    "binary": pa.binary(),
}


def arrow_schema(columns: Mapping[str, str]) -> pa.Schema:
    """The Arrow schema of a table of model/run.py."""
    return pa.schema([(name, _ARROW[kind]) for name, kind in columns.items()])


class RowBuffer:
    """Up to `capacity` rows of `columns` (name → type name of model/run.py, fixed widths only)."""

    def __init__(self, columns: Mapping[str, str], capacity: int) -> None:
        self._columns = dict(columns)
        self._row = struct.Struct("<" + "".join(_CODES[kind] for kind in columns.values()))
        self._dtype = np.dtype([(name, _DTYPES[kind]) for name, kind in columns.items()])
        self._bytes = bytearray(self._row.size * capacity)
        self.capacity = capacity
        self.count = 0

    def append(self, *values: Any) -> None:
        """One row; the values in the order of the columns."""
        self._row.pack_into(self._bytes, self.count * self._row.size, *values)
        self.count += 1

    def take(self) -> dict[str, pa.Array]:
        """The rows as Arrow columns, copied out; the buffer is empty afterwards."""
        rows = np.frombuffer(self._bytes, self._dtype, self.count)
        taken = {name: _column(rows[name], kind) for name, kind in self._columns.items()}
        self.count = 0
        return taken


def _column(values: npt.NDArray[Any], kind: str) -> pa.Array:
    if kind == "binary16":  # numpy's bytes type would strip trailing NULs of a digest
        return pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), len(values), [None, pa.py_buffer(values.tobytes())])
    return pa.array(np.ascontiguousarray(values))
