"""Between numpy and Arrow by the buffers (Arrow columnar format, "Physical Memory Layout").

pyarrow's own converters, `pa.array` and `to_numpy`, are not used while a run goes on: where pandas is installed their first
call imports it, which would stop a sender or a sink for half a second in the middle of what it measures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def of_numbers(values: npt.NDArray[Any], kind: pa.DataType) -> pa.Array:
    """Of integers, truth values, or octets of a fixed width: the width is that of `kind`."""
    data = np.packbits(values, bitorder="little") if pa.types.is_boolean(kind) else values
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(data.tobytes())])


def of_texts(values: Sequence[str], kind: pa.DataType) -> pa.Array:
    return of_octets([value.encode("utf-8", "replace") for value in values], kind)


def of_octets(values: Sequence[bytes], kind: pa.DataType) -> pa.Array:
    offsets = np.zeros(len(values) + 1, np.int32)
    np.cumsum([len(value) for value in values], out=offsets[1:])
    buffers = [None, pa.py_buffer(offsets.tobytes()), pa.py_buffer(b"".join(values))]
    return pa.Array.from_buffers(kind, len(values), buffers)


def numbers_in(column: pa.Array) -> npt.NDArray[Any]:
    """Of integers, floats or truth values, none of them null."""
    if not pa.types.is_boolean(column.type):
        return np.from_dlpack(column)
    bits = np.frombuffer(column.buffers()[1] or b"", np.uint8)
    return np.unpackbits(bits, bitorder="little")[column.offset : column.offset + len(column)].astype(bool)
