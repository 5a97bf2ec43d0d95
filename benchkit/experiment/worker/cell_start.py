"""When a cell begins: at once for a worker that is alone; where several share the plan, when all of them stand ready.

In step, each worker tells the parent that it is ready, and the parent names one moment for all, on the clock that all processes
of a machine have in common (method.md §3). So all work the same cell at the same time, and blocks interleave as ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import perf_counter_ns

from benchkit.clock import MonotonicClock
from benchkit.experiment.process.parent_pipe import ParentLine
from benchkit.experiment.worker.waiting import Waiting

LEAD_NS = 2_000_000  # a cell's schedule begins a little ahead, so that its first send is not late by construction

# The moment from which the next cell's schedule counts; None: there is to be no next cell.
Start = Callable[[], Awaitable[int | None]]


async def at_once() -> int | None:
    return perf_counter_ns() + LEAD_NS


class InStep:
    """A worker's end. Every word of the parent comes through `told_to_stop`, which keeps its moments for `start`."""

    def __init__(self, line: ParentLine) -> None:
        self._line = line
        self._moments: asyncio.Queue[int | None] = asyncio.Queue()
        self._waiting = Waiting(MonotonicClock())

    async def start(self) -> int | None:
        self._line.tell(ready=True)
        moment_ns = await self._moments.get()
        if moment_ns is not None:
            await self._waiting.until(moment_ns - LEAD_NS)
        return moment_ns

    async def told_to_stop(self) -> bool:
        """Waits for that word; False where the parent is gone. Who stands ready then need wait no more."""
        while (word := await self._line.next_word()).startswith("go "):
            self._moments.put_nowait(int(word.removeprefix("go ")))
        self._moments.put_nowait(None)
        return bool(word)
