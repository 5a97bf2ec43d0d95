"""The recorder of a load worker: two calls and no new object per message; written every 4,096 rows or half a second.

Rows and starts are in mapped files from the moment of the call, so a kill loses none of them. Only texts of failures that
were not yet written are lost.
"""

from __future__ import annotations

from pathlib import Path

from benchkit.errors import StoreError
from benchkit.model.clock import Clock
from benchkit.model.counts import counted
from benchkit.model.outcome import Outcome
from benchkit.model.plan import PlanCell
from benchkit.model.tables import CELLS, LAGS, MESSAGES, PHASES
from benchkit.model.trace import Phase, Trace
from benchkit.store.spool import SpooledRows, spool_of
from benchkit.store.started_sends import StartedSends

ROWS = 4096
CELL_ROWS = 1024
FLUSH_EVERY_NS = 500_000_000  # a power cut, which no mapped file survives, costs little more
_PHASES_AN_ATTEMPT = len(Phase) + 2  # EHLO twice, and one to spare


class Recorder:
    """Writes a worker's spools of messages, phases, cells and lags into `folder`. Raises StoreError when the disk refuses.

    Of `workers` that share the plan it is number `worker`, and its i-th sender is the run's `worker + i · workers`.
    """

    def __init__(
        self, folder: Path, clock: Clock, worker: int = 0, workers: int = 1, *, planned: int, attempts: int = 1
    ) -> None:
        """`planned` are the sends of the whole run: of all workers and conditions; `attempts` the most of one message."""
        self._messages, self._phases, self._cells, self._lags = self._tables = tuple(
            SpooledRows(spool_of(folder, layout.name, worker), layout, capacity)
            for layout, capacity in ((MESSAGES, ROWS), (PHASES, ROWS * 4), (CELLS, CELL_ROWS), (LAGS, CELL_ROWS))
        )
        self._most_phases = self._phases.capacity - _PHASES_AN_ATTEMPT * attempts  # before a message is recorded
        self._worker = worker
        self._workers = workers
        self._clock = clock
        self._flushed_ns = clock.now_ns()
        self._refused = False
        self.recorded = 0
        self.begin = StartedSends(folder, planned).add

    def record(
        self, send: int, cell: PlanCell, message: int, sender: int, intended_ns: int,
        trace: Trace, connection: int, nth: int, outcome: Outcome,
    ) -> None:  # fmt: skip
        """One send that has ended. Called after the outcome is known, so that writing out is in no message's service time."""
        if self._refused and self._full:
            self.flush()
        self._messages.append(
            send=send, block=cell.block, warmup=cell.warmup, condition=cell.condition, arm=cell.arm, message=message,
            sender=self._worker + sender * self._workers, intended_ns=intended_ns, started_ns=trace.started_ns,
            ended_ns=trace.ended_ns, closed_ns=trace.closed_ns, connection=connection, nth=nth,
            turns=trace.turns, turns_to_close=trace.turns_to_close, bytes_out=trace.bytes_out, bytes_in=trace.bytes_in,
            retransmits=trace.retransmits, segments_out=trace.segments_out, segments_in=trace.segments_in,
            min_rtt_us=trace.min_rtt_us, outcome=outcome.kind, code=outcome.code, enhanced=outcome.enhanced,
            text=outcome.text, refused=outcome.refused_recipients, refused_hash=outcome.refused_hash,
            server_id=outcome.server_id, retry_after_s=outcome.retry_after_s, rate_limit=outcome.rate_limit,
            rate_remaining=outcome.rate_remaining, rate_reset_s=outcome.rate_reset_s, attempts=trace.attempts,
            failed_over=trace.failed_over,
        )  # fmt: skip
        self._record_phases(send, trace)
        self.recorded += 1
        if self._full:
            self.flush()
        else:
            self.flush_if_due()

    def record_cell(
        self, cell: PlanCell, started_ns: int, ended_ns: int, cpu_ns: int, spare_ns: int, queued_ns: int
    ) -> None:
        """benchkit's own CPU use during one measured cell."""
        if not self._cells.room:
            self.flush()
        self._cells.append(
            condition=cell.condition, block=cell.block, arm=cell.arm, worker=self._worker, started_ns=started_ns,
            ended_ns=ended_ns, cpu_ns=cpu_ns, spare_ns=spare_ns, queued_ns=queued_ns,
        )  # fmt: skip

    def record_lag(self, condition: int, due_ns: int, called_ns: int, cpu_ns: int) -> None:
        """One time that the event loop was blocked."""
        self._lags.append(condition=condition, worker=self._worker, due_ns=due_ns, called_ns=called_ns, cpu_ns=cpu_ns)

    def flush_if_due(self) -> None:
        """The loop calls it regularly too: a server that hangs must not delay writing earlier rows."""
        if self._clock.now_ns() - self._flushed_ns > FLUSH_EVERY_NS:
            self.flush()

    def flush(self) -> None:
        """Write out what is there. Raises StoreError on a full disk, also when all of it is safe in the reserved room."""
        self._refused = True
        self._write_out()
        self._refused = False
        if any(table.disk_full for table in self._tables):
            raise StoreError(f"the disk is full: stopped after {counted(self.recorded, 'send')}, all of them recorded")

    def close(self) -> None:
        self._write_out()
        for table in self._tables:
            table.close()

    def _write_out(self) -> None:
        self._flushed_ns = self._clock.now_ns()
        for table in self._tables:
            table.write_out()

    @property
    def _full(self) -> bool:
        return self._messages.count == self._messages.capacity or self._phases.count > self._most_phases

    def _record_phases(self, send: int, trace: Trace) -> None:
        edges, last = trace.edges, len(trace.edges) - 1
        for i, phase in enumerate(trace.phases):
            if phase == Phase.CLOSE:
                ended_ns = trace.closed_ns
            elif i == last or trace.phases[i + 1] == Phase.CLOSE:
                ended_ns = trace.ended_ns
            else:
                ended_ns = edges[i + 1]
            self._phases.append(send=send, phase=phase, started_ns=edges[i], ended_ns=ended_ns)
