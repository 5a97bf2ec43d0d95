"""A spool read while it grows: each row once, nothing of a half-written batch, every segment and worker."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from benchkit.model.tables import LAGS
from benchkit.store.growing_spool import GrowingSpools
from benchkit.store.rows import arrow_schema
from benchkit.store.spool import SpoolWriter, spool_of

SCHEMA = arrow_schema(LAGS)


def write(writer: SpoolWriter, *due_ns: int) -> None:
    zeros: Any = {name: pa.array([0] * len(due_ns), SCHEMA.field(name).type) for name in SCHEMA.names}
    writer.write({**zeros, "due_ns": pa.array(due_ns, SCHEMA.field("due_ns").type)})


def read(spools: GrowingSpools) -> list[int]:
    return [value for rows in spools.new_rows() for value in rows["due_ns"].tolist()]


def test_each_row_is_given_once_and_segments_follow_one_another(tmp_path: Path) -> None:
    spools = GrowingSpools(tmp_path, LAGS.name)
    assert read(spools) == []
    for segment in (0, 10):
        writer = SpoolWriter(spool_of(tmp_path, LAGS.name), SCHEMA)
        write(writer, segment + 1, segment + 2)
        assert read(spools) == [segment + 1, segment + 2]
        assert read(spools) == []
        write(writer, segment + 3)
        writer.close()
        assert read(spools) == [segment + 3]


def test_workers_have_spools_of_their_own(tmp_path: Path) -> None:
    spools = GrowingSpools(tmp_path, LAGS.name)
    for worker in (0, 1):
        write(SpoolWriter(spool_of(tmp_path, LAGS.name, worker), SCHEMA), worker)
    assert read(spools) == [0, 1]


def test_a_half_written_batch_is_read_once_it_is_whole(tmp_path: Path) -> None:
    path = spool_of(tmp_path, LAGS.name)
    write(SpoolWriter(path, SCHEMA), 1, 2, 3)
    whole = path.read_bytes()
    spools = GrowingSpools(tmp_path, LAGS.name)
    for length in range(0, len(whole), 16):
        path.write_bytes(whole[:length])
        assert read(spools) == []
    path.write_bytes(whole)
    assert read(spools) == [1, 2, 3]


def test_a_run_that_was_closed_meanwhile_gives_nothing_more(tmp_path: Path) -> None:
    path = spool_of(tmp_path, LAGS.name)
    write(SpoolWriter(path, SCHEMA), 1)
    spools = GrowingSpools(tmp_path, LAGS.name)
    assert read(spools) == [1]
    path.unlink()
    assert read(spools) == []
