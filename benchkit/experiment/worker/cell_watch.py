"""What the generator itself is doing over a measured cell: its CPU time, its wait for a core, the standstills of its loop.

The readings are taken at the cell's two ends, outside of every message. Warm-up cells are nobody's business.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from time import process_time_ns, thread_time_ns

from benchkit.clock import Clock
from benchkit.experiment.process.core_binding import CoresSeen
from benchkit.experiment.worker.loop_lag import LoopLag
from benchkit.experiment.worker.waiting import Waiting
from benchkit.model.plan import Cell
from benchkit.store import Recorder

# Of the process's first thread, which is the loop's: ns on a core, ns in wait of one, times run (kernel, sched-stats.rst).
_SCHEDSTAT = Path("/proc/self/schedstat")
_NOT_TOLD = -1
Watch = Callable[[Cell, Waiting], AbstractContextManager[None]]


def unwatched(cell: Cell, waiting: Waiting) -> AbstractContextManager[None]:
    """For who measures something else than a run."""
    return nullcontext()


class CellWatch:
    """To be made in the loop that it watches."""

    def __init__(self, recorder: Recorder, clock: Clock, cores: CoresSeen) -> None:
        self._recorder = recorder
        self._cores = cores
        self._clock = clock
        self._lag = LoopLag(clock, thread_time_ns, asyncio.get_running_loop().call_later)

    @contextmanager
    def over(self, cell: Cell, waiting: Waiting) -> Iterator[None]:
        """`waiting` is that of the code that walks the cell."""
        if cell.warmup:
            yield
            return
        started_ns, cpu_ns, spare_ns, queued_ns = self._readings(waiting)
        self._lag.watch(partial(self._recorder.record_lag, cell.condition))
        try:
            yield
        finally:
            self._lag.rest()
            self._cores.look()
        ended = self._readings(waiting)
        queued = ended[3] - queued_ns if queued_ns != _NOT_TOLD else _NOT_TOLD
        self._recorder.record_cell(cell, started_ns, ended[0], ended[1] - cpu_ns, ended[2] - spare_ns, queued)

    def _readings(self, waiting: Waiting) -> tuple[int, int, int, int]:
        return self._clock.now_ns(), process_time_ns(), waiting.spare_ns, queued_ns()


def queued_ns() -> int:
    """How long the loop's thread has been ready to run without a core to run on; -1 where the kernel does not tell.

    One that keeps no such account gives zeros, the number of times that the thread has run among them.
    """
    try:
        _ran_ns, waited_ns, times = map(int, _SCHEDSTAT.read_text("ascii").split())
    except (OSError, ValueError):
        return _NOT_TOLD
    return waited_ns if times else _NOT_TOLD
