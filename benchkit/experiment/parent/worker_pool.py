"""The workers of a segment, controlled together: all send the same cell and start the next one together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from time import perf_counter_ns
from typing import Any

from benchkit.errors import TargetUnreachable
from benchkit.experiment.parent.child_process import Child
from benchkit.experiment.worker.start_times import LEAD_NS
from benchkit.model.run import RunStatus

_WORD_NS = 3_000_000  # what a word to a worker may take, before the lead that every cell has

OnNews = Callable[[Mapping[str, Any]], None]
GoesOn = Callable[[int], Awaitable[bool]]  # (cells that are done) → whether the next one is to be sent


class WorkerPool:
    """`has_enough`: the workers were stopped because `goes_on` said no.

    `grace_s`: how long a worker may take to stop its current sends; one with a blocked loop never would.
    """

    def __init__(self, workers: Sequence[Child], grace_s: float = 10.0, goes_on: GoesOn | None = None) -> None:
        self._workers = workers
        self._wait_s = grace_s
        self._sent = [0] * len(workers)
        self._ready = 0
        self._goes_on = goes_on
        self._cells = 0
        self.has_enough = False
        self._stopping = False
        self._killing: asyncio.TimerHandle | None = None

    async def ask_to_stop(self) -> None:
        """First call: stop after the current sends. Second call: stop at once; workers that do not end are killed."""
        if self._stopping and self._killing is None:
            self._killing = asyncio.get_running_loop().call_later(self._wait_s, self._kill)
        self._stopping = True
        for worker in self._workers:
            await worker.ask_to_stop()

    async def walk(self, on_news: OnNews) -> RunStatus:
        """Waits until the last worker ends. If one breaks, the others finish their current sends, and then its error is raised.

        Raises ChildBroken and TargetUnreachable.
        """
        following = [asyncio.create_task(self._follow(number, on_news)) for number in range(len(self._workers))]
        try:
            _, working = await asyncio.wait(following, return_when=asyncio.FIRST_EXCEPTION)
            if working:
                await self.ask_to_stop()
            interrupted = await asyncio.gather(*following, return_exceptions=True)
        finally:
            for task in following:
                task.cancel()
            if self._killing is not None:
                self._killing.cancel()
        for ending in interrupted:
            if isinstance(ending, BaseException):
                raise ending
        return RunStatus.INTERRUPTED if any(interrupted) else RunStatus.COMPLETE

    async def _follow(self, number: int, on_news: OnNews) -> bool:
        """Reads one worker's messages and updates the sum of sends; gives whether it was interrupted."""
        while True:
            news = await self._workers[number].receive()
            if "unreachable" in news:
                raise TargetUnreachable(news["unreachable"])
            if "ready" in news:
                await self._one_is_ready()
            if "sent" in news:
                self._sent[number] = news["sent"]
                news["sent"] = sum(self._sent)
            on_news(news)
            if "done" in news:
                return bool(news["interrupted"])

    def _kill(self) -> None:
        for worker in self._workers:
            worker.kill()

    async def _one_is_ready(self) -> None:
        self._ready += 1
        if self._ready == len(self._workers) and not self._stopping:
            self._ready = 0
            if self._goes_on is not None and not await self._goes_on(self._cells):
                self.has_enough = True
                await self.ask_to_stop()
                return
            self._cells += 1
            moment_ns = perf_counter_ns() + _WORD_NS + LEAD_NS
            for worker in self._workers:
                await worker.go(moment_ns)
