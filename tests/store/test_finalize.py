"""Closing a run: the spools' small batches become few row groups, and no row is lost."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchkit.store import finalize
from benchkit.store.finalize import _ROWS_PER_GROUP

SCHEMA = pa.schema([("send", pa.int64())])


def batches(sizes: list[int]) -> list[pa.RecordBatch]:
    edges = np.cumsum([0, *sizes])
    return [pa.record_batch([np.arange(*pair)], schema=SCHEMA) for pair in pairwise(edges)]


def test_small_batches_share_row_groups(tmp_path: Path) -> None:
    sizes = [7] * 50 + [_ROWS_PER_GROUP] * 2 + [5]
    finalize._write_parquet(tmp_path / "messages.parquet", SCHEMA, batches(sizes))
    file = pq.ParquetFile(tmp_path / "messages.parquet")
    assert [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)] == [
        350 + _ROWS_PER_GROUP,
        _ROWS_PER_GROUP,
        5,
    ]
    assert file.read().column("send").to_pylist() == list(range(sum(sizes)))


def test_a_table_without_rows_is_written_too(tmp_path: Path) -> None:
    finalize._write_parquet(tmp_path / "lags.parquet", SCHEMA, [])
    assert pq.read_table(tmp_path / "lags.parquet").num_rows == 0
