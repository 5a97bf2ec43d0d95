"""A table that stays in its Parquet file: a column is read when it is used, so millions of rows fit.

The most recently used columns are cached, up to a fixed number of bytes: an analysis needs the same few for every arm.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchkit.model.tables import StoredColumn
from benchkit.store.arrow_arrays import numbers_in
from benchkit.store.rows import arrow_type

BATCH_ROWS = 8_192
CACHED_BYTES = 96_000_000


class StoredTable(Mapping[str, Any]):
    """Column name → numpy array, as a dictionary of all columns would be; implements model.run.InBatches."""

    def __init__(self, path: Path, lacking: Sequence[StoredColumn] = ()) -> None:
        """`lacking`: columns that the file does not have, because it is older, and that hold their defaults."""
        self._path = path
        with pq.ParquetFile(path) as file:
            self._metadata = file.metadata
            self._schema = file.schema_arrow
        self._lacking = {column.name: column for column in lacking}
        self._cached: OrderedDict[str, Any] = OrderedDict()  # the one asked for last at the end

    @property
    def schema(self) -> pa.Schema:
        return self._schema

    @property
    def rows(self) -> int:
        return int(self._metadata.num_rows)

    def __getitem__(self, name: str) -> Any:
        """Not to be written to. Raises KeyError where there is no such column."""
        if name not in self._cached:
            self._cached[name] = self._read(name)
            self._cached[name].flags.writeable = False
        self._cached.move_to_end(name)
        while len(self._cached) > 1 and sum(column.nbytes for column in self._cached.values()) > CACHED_BYTES:
            self._cached.popitem(last=False)
        return self._cached[name]

    def _read(self, name: str) -> Any:
        if name in self._lacking:
            return default_values(self._lacking[name], self.rows)
        column = np.empty(self.rows, self._schema.field(name).type.to_pandas_dtype())
        filled = 0
        for batch in self.batches(name):
            part = batch[name]
            column[filled : filled + len(part)] = part
            filled += len(part)
        return column

    def __iter__(self) -> Iterator[str]:
        return iter([*self._schema.names, *self._lacking])

    def __len__(self) -> int:
        return len(self._schema.names) + len(self._lacking)

    def batches(self, *names: str) -> Iterator[Mapping[str, Any]]:
        # Arrow would read all of the file's columns ahead of the first batch
        with pq.ParquetFile(self._path, metadata=self._metadata, pre_buffer=False) as file:
            stored = [name for name in names if name not in self._lacking]
            for batch in file.iter_batches(BATCH_ROWS, columns=stored or self._schema.names[:1], use_threads=False):
                yield {name: self._part(name, batch) for name in names}

    def _part(self, name: str, batch: pa.RecordBatch) -> Any:
        if name in self._lacking:
            return default_values(self._lacking[name], batch.num_rows)
        return to_numpy(batch.column(name))


def default_values(column: StoredColumn, rows: int) -> Any:
    """The values of a column in a run that was recorded before the column existed."""
    return np.full(rows, column.default, dtype=arrow_type(column).to_pandas_dtype())


def to_numpy(column: pa.Array) -> Any:
    """Texts and digests become objects, equal ones the same object: most messages say the same."""
    if pa.types.is_primitive(column.type) and not column.null_count:
        return numbers_in(column)
    if pa.types.is_fixed_size_binary(column.type):
        return np.array([*column.to_pylist(), None], dtype=object)[:-1]
    if not (pa.types.is_string(column.type) or pa.types.is_binary(column.type)):
        return column.to_numpy(zero_copy_only=False)
    encoded = column.dictionary_encode()
    values = np.array([*encoded.dictionary.to_pylist(), None], dtype=object)
    known = encoded.indices.fill_null(len(values) - 1) if encoded.null_count else encoded.indices
    return values[numbers_in(known)]
