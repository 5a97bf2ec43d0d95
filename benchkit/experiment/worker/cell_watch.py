"""What benchkit itself costs during a measured cell: CPU time, wait for a core, and times when its event loop was blocked.

The readings are taken at both ends of the cell, outside of every message. Warm-up cells are not watched. The watchdog
(LoopLag, method.md §7) is a timer that notes when it was called late. A loop with much to do calls a timer a few milliseconds
late; one that is blocked, or has no core, leaves it waiting. It finds every standstill of EVERY_NS + LAG_NS, and none shorter
than LAG_NS.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from time import process_time_ns, thread_time_ns
from typing import Protocol

from benchkit.experiment.process.core_binding import CoresUsed
from benchkit.experiment.worker.start_times import Waiting
from benchkit.model.clock import Clock
from benchkit.model.plan import PlanCell
from benchkit.model.run import LAG_NS
from benchkit.store import Recorder

EVERY_NS = 5_000_000
# Of the process's first thread, which is the loop's: ns on a core, ns in wait of one, times run (kernel, sched-stats.rst).
_SCHEDSTAT = Path("/proc/self/schedstat")
_UNAVAILABLE = -1
Watch = Callable[[PlanCell, Waiting], AbstractContextManager[None]]
# (due_ns, called_ns, cpu_ns): when the timer was due, when it was called, and the CPU time of the thread since the call before
Note = Callable[[int, int, int], None]


def unwatched(cell: PlanCell, waiting: Waiting) -> AbstractContextManager[None]:
    """For callers that measure something other than a run."""
    return nullcontext()


class CellWatch:
    """Must be created in the event loop that it watches."""

    def __init__(self, recorder: Recorder, clock: Clock, cores: CoresUsed) -> None:
        self._recorder = recorder
        self._cores = cores
        self._clock = clock
        self._lag = LoopLag(clock, thread_time_ns, asyncio.get_running_loop().call_later)

    @contextmanager
    def over(self, cell: PlanCell, waiting: Waiting) -> Iterator[None]:
        """`waiting` belongs to the code that sends the cell."""
        if cell.warmup:
            yield
            return
        started_ns, cpu_ns, spare_ns, queued_ns = self._readings(waiting)
        self._lag.watch(partial(self._recorder.record_lag, cell.condition))
        try:
            yield
        finally:
            self._lag.pause()
            self._cores.note_core()
        ended = self._readings(waiting)
        queued = ended[3] - queued_ns if queued_ns != _UNAVAILABLE else _UNAVAILABLE
        self._recorder.record_cell(cell, started_ns, ended[0], ended[1] - cpu_ns, ended[2] - spare_ns, queued)

    def _readings(self, waiting: Waiting) -> tuple[int, int, int, int]:
        return self._clock.now_ns(), process_time_ns(), waiting.spare_ns, queued_ns()


class Timer(Protocol):
    def cancel(self) -> object: ...


class LoopLag:
    """`call_later` is the loop's (seconds, callback); `cpu_ns` reads the CPU time of the loop's thread."""

    def __init__(
        self, clock: Clock, cpu_ns: Callable[[], int], call_later: Callable[[float, Callable[[], None]], Timer]
    ) -> None:
        self._clock = clock
        self._cpu_ns = cpu_ns
        self._call_later = call_later
        self._note: Note | None = None
        self._timer: Timer | None = None
        self._due_ns = self._cpu_before_ns = 0

    def watch(self, note: Note) -> None:
        self._note = note
        self._cpu_before_ns = self._cpu_ns()
        self._set()

    def pause(self) -> None:
        """Stops watching. A timer that is already overdue counts too."""
        if self._timer is not None:
            self._timer.cancel()
            self._on_timer()
        self._timer = self._note = None

    def _set(self) -> None:
        self._due_ns = self._clock.now_ns() + EVERY_NS
        self._timer = self._call_later(EVERY_NS / 1e9, self._called)

    def _called(self) -> None:
        self._on_timer()
        self._set()

    def _on_timer(self) -> None:
        now_ns, cpu_ns = self._clock.now_ns(), self._cpu_ns()
        if self._note is not None and now_ns - self._due_ns > LAG_NS:
            self._note(self._due_ns, now_ns, cpu_ns - self._cpu_before_ns)
        self._cpu_before_ns = cpu_ns


def queued_ns() -> int:
    """How long the loop's thread was ready to run but had no core; -1 if the kernel does not report it.

    A kernel without this account reports zeros, also for the number of times that the thread ran.
    """
    try:
        _ran_ns, waited_ns, times = map(int, _SCHEDSTAT.read_text("ascii").split())
    except (OSError, ValueError):
        return _UNAVAILABLE
    return waited_ns if times else _UNAVAILABLE
