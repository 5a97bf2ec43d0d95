"""A stored table has few row groups, however many batches its spool had."""

from __future__ import annotations

import pyarrow as pa
import pytest

from benchkit.store import finalize

SCHEMA = pa.schema([("n", pa.int64())])


@pytest.mark.parametrize(
    ("sizes", "groups"), [((), []), ((3, 4), [7]), ((9, 1, 1, 9, 1), [10, 10, 1]), ((25, 1), [25, 1])]
)
def test_batches_are_grouped_in_order(
    sizes: tuple[int, ...], groups: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finalize, "_ROWS_PER_GROUP", 10)
    starts = [sum(sizes[:i]) for i in range(len(sizes))]
    batches = [
        pa.record_batch([pa.array(range(start, start + size))], schema=SCHEMA)
        for start, size in zip(starts, sizes, strict=True)
    ]
    tables = list(finalize._grouped(SCHEMA, batches))
    assert [table.num_rows for table in tables] == groups
    assert [value for table in tables for value in table["n"].to_pylist()] == list(range(sum(sizes)))
