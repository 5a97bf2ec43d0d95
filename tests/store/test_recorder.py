"""What is recorded is what is read back: closed, unclosed, and cut off at any byte."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchkit.errors import InputError, StoreError
from benchkit.model.clock import ManualClock
from benchkit.model.identity import nth_key
from benchkit.model.outcome import ACCEPTED, Outcome, OutcomeKind
from benchkit.model.plan import PlanCell
from benchkit.model.run import ArmRecord, ConditionRecord, InBatches, Manifest, RunStatus
from benchkit.model.tables import MESSAGES
from benchkit.model.trace import Phase, Trace
from benchkit.store import Recorder, SpoolLedger, close_tables, load_run, reserve_file, run_locked, write_manifest
from benchkit.store.resolving import NO_MAIL, Resolved
from benchkit.store.rows import rows_left
from benchkit.store.spool import read_batches

CELL = PlanCell(block=3, warmup=False, condition=0, arm=1, first_send=0, count=10, first_message=0, batch_size=5)
ARM = ArmRecord("arm", "smtp", "wire", "reuse", "none", "", "", baseline=False, embedded=True)
REFUSED = Outcome(OutcomeKind.DEFERRED, 450, "4.2.1", "4.2.1 büsy", refused=("a@x.example", "b@x.example"))


def manifest(**changes: object) -> Manifest:
    settings = {
        "run": "r", "token": "0badcafe", "scenario": "s", "question": "", "scenario_text": "", "created_utc": "",
        "status": RunStatus.RUNNING, "load": {"model": "talk"}, "blocks": 1, "warmup_blocks": 0, "messages_per_block": 1,
        "rope": (0.9, 1.1), "confidence": 0.95, "thresholds": [], "arms": (ARM, ARM),
        "conditions": (ConditionRecord("c"),), "digests": (),
        "batch_digest": "", "batch_bytes": (),
    }  # fmt: skip
    return Manifest(**settings | changes)  # type: ignore[arg-type]


def traced() -> Trace:
    trace = Trace()
    for phase in (Phase.MAIL, Phase.RCPT, Phase.CONTENT):
        trace.mark(phase)
    trace.finish()
    trace.mark(Phase.CLOSE)
    trace.finish_close()
    trace.turns, trace.turns_to_close, trace.bytes_out, trace.bytes_in = 4, 1, 2**40, 7
    return trace


def record(recorder: Recorder, sends: range, outcome: Outcome = ACCEPTED) -> Trace:
    trace = traced()
    for send in sends:
        recorder.record(send, CELL, send % 5, 2, trace.started_ns - 5, trace, 9, send, outcome)
    return trace


def test_every_column_comes_back(tmp_path: Path) -> None:
    write_manifest(tmp_path, manifest())
    recorder = Recorder(tmp_path, ManualClock(), planned=10)
    trace = record(recorder, range(3), REFUSED)
    recorder.close()
    messages = load_run(tmp_path).messages
    assert set(messages) == set(MESSAGES.kinds)
    row = {name: column[2] for name, column in messages.items()}
    assert (row["send"], row["block"], row["arm"], row["message"], row["sender"]) == (2, 3, 1, 2, 2)
    assert (row["started_ns"], row["ended_ns"], row["closed_ns"]) == (trace.started_ns, trace.ended_ns, trace.closed_ns)
    assert (row["turns"], row["turns_to_close"], row["bytes_out"], row["bytes_in"]) == (4, 1, 2**40, 7)
    assert (row["outcome"], row["code"], row["enhanced"], row["text"], row["refused"]) == (
        1,
        450,
        "4.2.1",
        "4.2.1 büsy",
        2,
    )
    assert (row["connection"], row["nth"], bool(row["warmup"])) == (9, 2, False)


def test_phases_meet_without_a_gap_and_closing_stands_apart(tmp_path: Path) -> None:
    write_manifest(tmp_path, manifest())
    recorder = Recorder(tmp_path, ManualClock(), planned=10)
    trace = record(recorder, range(1))
    recorder.close()
    phases = load_run(tmp_path).phases
    assert phases["phase"].tolist() == [Phase.MAIL, Phase.RCPT, Phase.CONTENT, Phase.CLOSE]
    assert phases["started_ns"].tolist() == trace.edges
    assert phases["ended_ns"].tolist() == [trace.edges[1], trace.edges[2], trace.ended_ns, trace.closed_ns]


def test_it_is_written_out_every_half_second_and_every_4096_rows(tmp_path: Path) -> None:
    clock = ManualClock()
    recorder = Recorder(tmp_path, clock, planned=10)
    record(recorder, range(10))
    assert buffered(tmp_path) == 10
    clock.advance(600_000_000)
    recorder.flush_if_due()
    assert buffered(tmp_path) == 0
    record(recorder, range(4096))
    assert buffered(tmp_path) < 4096
    assert sum(batch.num_rows for batch in read_batches(tmp_path / "messages.arrow")) == 4106
    recorder.close()


def buffered(folder: Path) -> int:
    return len(rows_left(folder / "messages.rows")["send"])


@settings(max_examples=40)
@given(st.floats(0.0, 1.0))
def test_cut_off_at_any_byte_the_whole_batches_are_read(tmp_path_factory: pytest.TempPathFactory, at: float) -> None:
    folder = tmp_path_factory.mktemp("cut")
    recorder = Recorder(folder, ManualClock(), planned=10)
    for first in range(0, 50, 10):
        record(recorder, range(first, first + 10))
        recorder.flush()
    recorder.close()
    spool = folder / "messages.arrow"
    whole = spool.read_bytes()
    spool.write_bytes(whole[: int(len(whole) * at)])
    sends = [send for batch in read_batches(spool) for send in batch.column("send").to_pylist()]
    assert sends == list(range(len(sends)))
    assert len(sends) % 10 == 0
    shutil.rmtree(folder)


def test_each_distinct_body_is_parsed_once(tmp_path: Path) -> None:
    write_manifest(tmp_path, manifest())
    Recorder(tmp_path, ManualClock(), planned=10).close()
    ledger = SpoolLedger(tmp_path)
    for number in range(6):
        key = bytes([number % 2]) * 15 + b"\0"  # ends in a NUL, as a digest may
        if number < 2:
            ledger.body(key, 1, b"head", b"body %d" % number)
        ledger.arrived(number, 1, key, number, 100, 1)
    ledger.close()
    parsed: list[bytes] = []

    def parse(arm: int, head: bytes, body: bytes) -> list[Resolved]:
        parsed.append(body)
        return [Resolved(body.rjust(16), 7)]

    unclosed = load_run(tmp_path, parse)
    assert unclosed.recovered
    close_tables(tmp_path, parse)
    closed = load_run(tmp_path)
    assert parsed == [b"body 0", b"body 1"] * 2
    assert not closed.recovered
    assert closed.arrivals["digest"].tolist() == unclosed.arrivals["digest"].tolist()
    assert closed.arrivals["digest"].tolist()[:3] == [b"          body 0", b"          body 1", b"          body 0"]
    assert set(closed.arrivals["recipients"].tolist()) == {7}
    assert not list(tmp_path.glob("*.arrow"))


def test_a_body_of_several_mails_is_kept_once_and_each_has_its_own_digest(tmp_path: Path) -> None:
    write_manifest(tmp_path, manifest())
    Recorder(tmp_path, ManualClock(), planned=10).close()
    ledger, key = SpoolLedger(tmp_path), b"\xff" * 16  # the last key there is, so that the next one is the first
    ledger.body(key, 1, b"head", b"both")
    for number in range(4):
        ledger.arrived(number, 1, nth_key(key, number % 2), number, 100, 0)
    ledger.close()
    close_tables(tmp_path, lambda arm, head, body: [Resolved(b"a" * 16, 1), Resolved(b"b" * 16, 3)])
    arrivals = load_run(tmp_path).arrivals
    assert arrivals["digest"].tolist() == [b"a" * 16, b"b" * 16] * 2
    assert arrivals["recipients"].tolist() == [1, 3] * 2


def test_what_cannot_be_parsed_has_an_empty_digest(tmp_path: Path) -> None:
    write_manifest(tmp_path, manifest())
    Recorder(tmp_path, ManualClock(), planned=10).close()
    ledger = SpoolLedger(tmp_path)
    ledger.body(b"k" * 16, 0, b"", b"junk")
    ledger.arrived(-1, 0, b"k" * 16, 1, 4, 1)
    ledger.close()
    close_tables(tmp_path, lambda arm, head, body: [NO_MAIL])
    assert load_run(tmp_path).arrivals["digest"].tolist() == [b""]


@pytest.mark.parametrize(
    ("run_json", "said"),
    [
        (None, "holds no run"),
        ("{", "holds no run"),
        ('{"schema": 99}', "is of schema 99"),
        ('{"schema": 1, "status": "complete"}', "damaged"),
    ],
)
def test_no_run_is_one_clear_line(tmp_path: Path, run_json: str | None, said: str) -> None:
    if run_json is not None:
        (tmp_path / "run.json").write_text(run_json)
    with pytest.raises(InputError, match=said):
        load_run(tmp_path)


def test_a_manifest_comes_back_as_it_was(tmp_path: Path) -> None:
    written = manifest(warnings=("w",), overhead_us={"per_message": 2.5})
    write_manifest(tmp_path, written)
    assert load_run_manifest(tmp_path) == written


def load_run_manifest(folder: Path) -> Manifest:
    Recorder(folder, ManualClock(), planned=10).close()
    SpoolLedger(folder).close()
    with run_locked(folder):
        return load_run(folder).manifest


class FullDisk:
    """`os.write` on a disk with `room` bytes left; the ballast, when it goes, gives its room."""

    def __init__(self, room: int, folder: Path) -> None:
        self.room = room
        self._ballast = folder / "ballast"
        self._had_ballast = self._ballast.exists()
        self._write = os.write

    def __call__(self, descriptor: int, data: bytes) -> int:
        if self._had_ballast and not self._ballast.exists():
            self._had_ballast = False
            self.room += reserve_file.SIZE_BYTES
        fits = min(self.room, len(data))
        if not fits:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.room -= fits
        return self._write(descriptor, data[:fits])


def send_until_refused(recorder: Recorder) -> tuple[int, str]:
    """How many sends, and what the recorder said."""
    sent = 0
    try:
        while True:
            sent += 100
            record(recorder, range(sent - 100, sent))
            recorder.flush()
    except StoreError as full:
        return sent, str(full)


@pytest.mark.parametrize("room", [0, 1, 100, 5000, 20_000])
def test_on_a_full_disk_everything_sent_is_recorded_and_the_run_stops(
    room: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reserve_file.lay(tmp_path)
    recorder = Recorder(tmp_path, ManualClock(), planned=10)
    monkeypatch.setattr("benchkit.store.spool.os.write", FullDisk(room, tmp_path))
    sent, said = send_until_refused(recorder)
    assert f"stopped after {sent} sends, all of them recorded" in said
    record(recorder, range(sent, sent + 3))  # what other senders had under way
    recorder.close()
    sends = [send for batch in read_batches(tmp_path / "messages.arrow") for send in batch.column("send").to_pylist()]
    assert sends == list(range(sent + 3))


def test_with_no_room_at_all_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder(tmp_path, ManualClock(), planned=10)
    record(recorder, range(10))
    monkeypatch.setattr("benchkit.store.spool.os.write", FullDisk(0, tmp_path))
    with pytest.raises(StoreError, match="No space left"):
        recorder.flush()


def test_an_empty_run_has_tables_of_no_rows(tmp_path: Path) -> None:
    write_manifest(tmp_path, manifest())
    Recorder(tmp_path, ManualClock(), planned=10).close()
    SpoolLedger(tmp_path).close()
    run = load_run(tmp_path)
    assert {len(column) for table in (run.messages, run.phases, run.arrivals) for column in table.values()} == {0}
    assert run.messages["send"].dtype == np.int64


def test_a_long_table_stays_on_the_disk_and_reads_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_manifest(tmp_path, manifest())
    recorder, ledger = Recorder(tmp_path, ManualClock(), planned=10), SpoolLedger(tmp_path)
    record(recorder, range(50))
    record(recorder, range(50, 60), REFUSED)
    for send in range(60):
        ledger.arrived(send, 1, bytes(16), 5, 100, 1)
    ledger.body(bytes(16), 1, b"", b"body")
    recorder.close()
    ledger.close()
    close_tables(tmp_path, lambda arm, head, body: [Resolved(b"d" * 16, 1)])
    held = load_run(tmp_path)
    monkeypatch.setattr("benchkit.store.loading.IN_MEMORY_ROWS", 0)
    monkeypatch.setattr("benchkit.store.stored_table.BATCH_ROWS", 7)
    stored = load_run(tmp_path)
    for short, long in zip(
        (held.messages, held.phases, held.arrivals), (stored.messages, stored.phases, stored.arrivals), strict=True
    ):
        assert isinstance(long, InBatches)
        assert list(long) == list(short)
        for name, column in short.items():
            assert long[name].dtype == column.dtype
            assert long[name].tolist() == column.tolist()
            assert [value for batch in long.batches(name) for value in batch[name].tolist()] == column.tolist()
