"""What a killed process leaves: every row and every start up to its last instruction, and nothing twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.errors import StoreError
from benchkit.model.clock import ManualClock
from benchkit.model.tables import StoredColumn, TableLayout
from benchkit.store import Recorder, SpoolLedger
from benchkit.store.rows import RowBuffer, rows_left
from benchkit.store.spool import SpooledRows, read_batches, read_table
from benchkit.store.started_sends import StartedSends, in_doubt, remove_started
from tests.store.test_recorder import record

LAYOUT = TableLayout(
    "t",
    (
        StoredColumn("send", "int64"),
        StoredColumn("ok", "bool"),
        StoredColumn("key", "binary16"),
        StoredColumn("text", "string"),
    ),
)


def sends_of(path: Path) -> list[int]:
    return [send for batch in read_batches(path) for send in batch.column("send").to_pylist()]


@given(st.lists(st.integers(0, 9), max_size=8))
def test_rows_that_were_not_cleared_are_left(tmp_path_factory: pytest.TempPathFactory, batches: list[int]) -> None:
    """Of every buffer, however often it was emptied and filled before, over rows of before."""
    path = tmp_path_factory.mktemp("rows") / "t.rows"
    buffer, written = RowBuffer(LAYOUT, 9, path), 0
    for count in batches:
        buffer.clear()
        for _ in range(count):
            buffer.append(send=written, ok=True, key=b"k" * 16, text="x")
            written += 1
    left = rows_left(path)["send"].to_pylist()
    assert left == list(range(written - (batches[-1] if batches else 0), written))


@pytest.mark.parametrize("bytes_written", range(8 + 1 + 16 + 8 + 1))
def test_a_row_that_was_cut_off_at_any_byte_is_left_out(tmp_path: Path, bytes_written: int) -> None:
    path, whole = tmp_path / "t.rows", tmp_path / "whole.rows"
    for place in (path, whole):
        buffer = RowBuffer(LAYOUT, 4, place)
        for send in range(4):
            buffer.append(send=send, ok=True, key=b"a" * 16, text="x")
        buffer.clear()
        buffer.append(send=70, ok=True, key=b"b" * 16, text="x")
        if place == whole:
            buffer.append(send=71, ok=True, key=b"c" * 16, text="x")
    row_bytes = 8 + 1 + 16 + 8
    cut = bytearray(path.read_bytes())
    second = 4096 + row_bytes
    cut[second : second + bytes_written] = whole.read_bytes()[second : second + bytes_written]
    path.write_bytes(cut)
    number_is_whole = bytes_written > 8 + 1 + 16  # its lowest byte comes first, and the others are zero
    assert rows_left(path)["send"].to_pylist() == ([70, 71] if number_is_whole else [70])


def test_rows_that_are_in_the_spool_already_are_not_read_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kill comes after the batch was written and before the buffer was emptied."""
    rows = SpooledRows(tmp_path / "t.arrow", LAYOUT, 8)
    rows.append(send=1, ok=True, key=bytes(16), text="x")
    rows.write_out()
    rows.append(send=2, ok=False, key=bytes(16), text="y")
    monkeypatch.setattr(RowBuffer, "clear", lambda self: None)
    rows.write_out()
    assert sends_of(tmp_path / "t.arrow") == [1, 2]


def test_without_a_file_nothing_is_left_and_a_damaged_one_is_named(tmp_path: Path) -> None:
    assert rows_left(tmp_path / "none.rows") == {}
    (tmp_path / "bad.rows").write_bytes(b"\0" * 8 + b"{]}" + b"\0" * 5000)
    (tmp_path / "begun.rows").write_bytes(b"\0" * 5000)
    assert rows_left(tmp_path / "begun.rows") == {}
    with pytest.raises(StoreError, match=r"bad\.rows is damaged"):
        rows_left(tmp_path / "bad.rows")


def test_sends_without_a_record_are_in_doubt(tmp_path: Path) -> None:
    assert in_doubt(tmp_path).num_rows == 0
    recorder = Recorder(tmp_path, ManualClock(), planned=10)
    StartedSends(tmp_path, 10).add(9, 3)  # another worker's, in the same file
    for send in range(5):
        recorder.begin(send, 1)
    record(recorder, range(2))
    assert in_doubt(tmp_path).to_pydict() == {"send": [2, 3, 4, 9], "arm": [1, 1, 1, 3]}
    recorder.flush()
    assert in_doubt(tmp_path).to_pydict() == {"send": [2, 3, 4, 9], "arm": [1, 1, 1, 3]}
    remove_started(tmp_path)
    assert in_doubt(tmp_path).num_rows == 0


CHILD = """
import os, signal, sys
from pathlib import Path
from benchkit.model.clock import ManualClock
from benchkit.store import Recorder, SpoolLedger
from tests.store.test_recorder import record
folder, ledger = Path(sys.argv[1]), SpoolLedger(Path(sys.argv[1]))
recorder = Recorder(folder, ManualClock(), planned=100)
for send in range(60):
    recorder.begin(send, 0)
    if send < 58:
        record(recorder, range(send, send + 1))
        ledger.arrived(send, 0, b"k" * 16, 5, 100, 1)
    if send in (10, 40):
        recorder.flush()
        ledger.flush()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_after_sigkill_all_rows_are_there(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path)], cwd=Path(__file__).parents[2], env=os.environ, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert sends_of(tmp_path / "messages.arrow") == list(range(58))
    assert sends_of(tmp_path / "arrivals.arrow") == list(range(58))
    phases = [send for batch in read_table(tmp_path, "phases") for send in batch.column("send").to_pylist()]
    assert sorted(set(phases)) == list(range(58))
    assert len(phases) == 4 * 58
    assert in_doubt(tmp_path)["send"].to_pylist() == [58, 59]


def test_a_closed_buffer_leaves_no_file(tmp_path: Path) -> None:
    recorder, ledger = Recorder(tmp_path, ManualClock(), planned=10), SpoolLedger(tmp_path)
    record(recorder, range(3))
    assert list(tmp_path.glob("*.rows"))
    recorder.close()
    ledger.close()
    assert not list(tmp_path.glob("*.rows"))
    assert sends_of(tmp_path / "messages.arrow") == [0, 1, 2]
