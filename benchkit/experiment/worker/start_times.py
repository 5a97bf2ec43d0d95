"""Waiting for the moment at which a cell or a send begins, to the microsecond.

A single worker begins a cell at once. Workers that share a plan begin together: each tells the parent that it is ready,
and the parent names one moment for all, on the clock that all processes of a machine share (method.md §3). So all work on the
same cell at the same time.

The loop's timers count whole milliseconds, so the last stretch is waited for by turning the loop. `spare_ns` counts what that
costs, so that it is not taken for work. A turn with other work in it takes longer than an idle one, so only the time of the
shortest turn is counted for each: `spare_ns` is rather too small.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import perf_counter_ns

from benchkit.experiment.process.parent_pipe import ParentLine
from benchkit.model.clock import Clock, MonotonicClock

TIMER_ERROR_NS = 1_500_000
LEAD_NS = 2_000_000  # a cell's schedule begins a little ahead, so that its first send is not late by construction

# The moment from which the next cell's schedule counts; None: there is no next cell.
Start = Callable[[], Awaitable[int | None]]


async def at_once() -> int | None:
    return perf_counter_ns() + LEAD_NS


class InStep:
    """A worker's side. `stop_requested` reads the parent's messages and passes start times on to `start`."""

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

    async def stop_requested(self) -> bool:
        """Waits for a stop command; False if the parent has ended. Then a ready worker stops waiting."""
        while (word := await self._line.next_command()).startswith("go "):
            self._moments.put_nowait(int(word.removeprefix("go ")))
        self._moments.put_nowait(None)
        return bool(word)


class Waiting:
    """One for each loop: if several wait at once, one of them counts the round trips."""

    def __init__(self, clock: Clock) -> None:
        self.spare_ns = 0
        self._clock = clock
        self._idle_turn_ns = TIMER_ERROR_NS
        self._counting: object | None = None

    async def until(self, moment_ns: int) -> None:
        while (left_ns := moment_ns - self._clock.now_ns()) > TIMER_ERROR_NS:  # noqa: ASYNC110 (a clock is no event)
            await asyncio.sleep((left_ns - TIMER_ERROR_NS) / 1e9)
        me = object()
        turned_ns = self._clock.now_ns()
        while turned_ns < moment_ns:
            self._counting = self._counting or me
            await asyncio.sleep(0)
            began_ns, turned_ns = turned_ns, self._clock.now_ns()
            if self._counting is me:
                self._idle_turn_ns = min(self._idle_turn_ns, turned_ns - began_ns)
                self.spare_ns += self._idle_turn_ns
        if self._counting is me:
            self._counting = None
