"""The recorder of a load worker: one call a message, no object a message, written out every 8,192 rows or second."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from benchkit.clock import Clock
from benchkit.errors import StoreError
from benchkit.model.outcome import Outcome
from benchkit.model.plan import Cell
from benchkit.model.run import CELL_COLUMNS, LAG_COLUMNS, MESSAGE_COLUMNS, PHASE_COLUMNS
from benchkit.model.trace import Phase, Trace
from benchkit.store.rows import RowBuffer, arrow_schema
from benchkit.store.spool import SpoolWriter, spool_of
from benchkit.store.spooled_rows import SpooledRows
from benchkit.store.started import StartedCounter

ROWS = 8192
FLUSH_EVERY_NS = 500_000_000  # half of the second that a crash may cost
SINK, SINK_SPOOL = -1, 1_000_000  # no worker's number
_PHASES_A_MESSAGE = len(Phase) + 2  # EHLO twice, and one to spare


class Recorder:
    """Writes a worker's spools of messages, phases, cells and lags into `folder`. Raises StoreError when the disk refuses.

    Of `workers` that share the plan it is number `worker`, and its i-th sender is the run's `worker + i · workers`.
    """

    def __init__(
        self, folder: Path, clock: Clock, worker: int = 0, workers: int = 1, *, arms: int = 1, conditions: int = 1
    ) -> None:
        fixed, self._texts = _without_texts(MESSAGE_COLUMNS)
        self._messages = RowBuffer(fixed, ROWS)
        self._message_spool = SpoolWriter(spool_of(folder, "messages", worker), arrow_schema(MESSAGE_COLUMNS))
        self._phases = SpooledRows(spool_of(folder, "phases", worker), PHASE_COLUMNS, ROWS * 4)
        self._cells = SpooledRows(spool_of(folder, "cells", worker), CELL_COLUMNS, ROWS)
        self._lags = SpooledRows(spool_of(folder, "lags", worker), LAG_COLUMNS, ROWS)
        self._started = StartedCounter(folder, worker, arms, conditions)
        self._worker = worker
        self._workers = workers
        self._clock = clock
        self._flushed_ns = clock.now_ns()
        self.recorded = 0

    def begin(self, cell: Cell, count: int) -> None:
        """So many sends of the cell start now: what is not recorded after this is in doubt."""
        self._started.add(cell.condition, cell.arm, count, warmup=cell.warmup)

    def record(
        self, send: int, cell: Cell, message: int, sender: int, intended_ns: int,
        trace: Trace, connection: int, nth: int, outcome: Outcome,
    ) -> None:  # fmt: skip
        """One send that has ended. Called after the outcome is known, so that writing out is in nobody's service time."""
        self._messages.append(
            send, cell.block, cell.warmup, cell.condition, cell.arm, message, self._worker + sender * self._workers,
            intended_ns, trace.started_ns, trace.ended_ns, trace.closed_ns, connection, nth,
            trace.turns, trace.turns_to_close, trace.bytes_out, trace.bytes_in,
            trace.retransmits, trace.segments_out, trace.segments_in, trace.min_rtt_us,
            outcome.kind, outcome.code, outcome.refused_recipients, outcome.refused_hash,
        )  # fmt: skip
        self._texts["enhanced"].append(outcome.enhanced)
        self._texts["text"].append(outcome.text)
        self._record_phases(send, trace)
        self.recorded += 1
        if self._full:
            self.flush()
        else:
            self.flush_if_due()

    def record_cell(
        self, cell: Cell, started_ns: int, ended_ns: int, cpu_ns: int, spare_ns: int, queued_ns: int
    ) -> None:
        """What the generator was doing over one measured cell."""
        self._cells.append(
            cell.condition, cell.block, cell.arm, self._worker, started_ns, ended_ns, cpu_ns, spare_ns, queued_ns
        )

    def record_lag(self, condition: int, due_ns: int, called_ns: int, cpu_ns: int) -> None:
        """One time that the loop stood still."""
        self._lags.append(condition, self._worker, due_ns, called_ns, cpu_ns)

    def flush_if_due(self) -> None:
        """To be called now and then by the loop too: a server that hangs must not keep back what was recorded before."""
        if self._clock.now_ns() - self._flushed_ns > FLUSH_EVERY_NS:
            self.flush()

    def flush(self) -> None:
        """Write out what is there. Raises StoreError on a full disk, when all of it is safe on the ballast's room."""
        self._write_out()
        if any(spool.disk_full for spool in (self._message_spool, self._phases, self._cells, self._lags)):
            raise StoreError(f"the disk is full: stopped after {self.recorded} sends, all of them recorded")

    def close(self) -> None:
        self._write_out()
        self._started.close()
        for spool in (self._message_spool, self._phases, self._cells, self._lags):
            spool.close()

    def _write_out(self) -> None:
        self._flushed_ns = self._clock.now_ns()
        if self._messages.count:
            columns = self._messages.take() | {
                name: pa.array(texts, pa.string()) for name, texts in self._texts.items()
            }
            for texts in self._texts.values():
                texts.clear()
            self._message_spool.write(columns)
        for rows in (self._phases, self._cells, self._lags):
            rows.write_out()

    @property
    def _full(self) -> bool:
        return self._messages.count == ROWS or self._phases.room < _PHASES_A_MESSAGE

    def _record_phases(self, send: int, trace: Trace) -> None:
        edges, last = trace.edges, len(trace.edges) - 1
        for i, phase in enumerate(trace.phases):
            if phase == Phase.CLOSE:
                ended_ns = trace.closed_ns
            elif i == last or trace.phases[i + 1] == Phase.CLOSE:
                ended_ns = trace.ended_ns
            else:
                ended_ns = edges[i + 1]
            self._phases.append(send, phase, edges[i], ended_ns)


def record_sink_lag(folder: Path, condition: int, due_ns: int, called_ns: int, cpu_ns: int) -> None:
    """One time that the sink's process stood still; its worker is SINK. Raises StoreError."""
    rows = SpooledRows(spool_of(folder, "lags", SINK_SPOOL), LAG_COLUMNS, 1)
    rows.append(condition, SINK, due_ns, called_ns, cpu_ns)
    rows.write_out()
    rows.close()


def _without_texts(columns: Mapping[str, str]) -> tuple[dict[str, str], dict[str, list[str]]]:
    fixed = {name: kind for name, kind in columns.items() if kind != "string"}
    return fixed, {name: [] for name, kind in columns.items() if kind == "string"}
