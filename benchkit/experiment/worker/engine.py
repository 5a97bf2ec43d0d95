"""The engine: runs the cells of the plan, and records every send that it started.

It knows nothing of SMTP or HTTP, and nothing of time except what the pace says. `stop` ends it after the current sends (a
drain). Cancelling it ends those too, each with an outcome that says so.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter_ns
from typing import Any, Protocol

from benchkit.experiment.worker.cell_watch import Watch, unwatched
from benchkit.experiment.worker.failover import FailoverSender
from benchkit.experiment.worker.start_times import Start, Waiting, at_once
from benchkit.experiment.worker.virtual_sender import VirtualSender
from benchkit.model.clock import MonotonicClock
from benchkit.model.contracts import Pace
from benchkit.model.identity import token_of
from benchkit.model.outcome import Outcome
from benchkit.model.plan import PlanCell
from benchkit.model.trace import SocketOptions, Trace


class Records(Protocol):
    """What the engine needs of a recorder."""

    def begin(self, send: int, arm: int) -> None: ...

    def record(
        self, send: int, cell: PlanCell, message: int, sender: int, intended_ns: int,
        trace: Trace, connection: int, nth: int, outcome: Outcome,
    ) -> None: ...  # fmt: skip


@dataclass(frozen=True, slots=True)
class ArmAtWork:
    """One arm's senders, and each message of the batch as prepared for its transport.

    `foreign`: its server is not embedded, and this worker checks that it offers what the arm needs.
    """

    senders: tuple[VirtualSender, ...] | tuple[FailoverSender, ...]
    prepared: tuple[Any, ...]
    foreign: bool = False


class _Todo:
    """The sends of a cell that no sender has taken yet."""

    __slots__ = ("_count", "_next")

    def __init__(self, count: int) -> None:
        self._count = count
        self._next = 0

    def take(self) -> int | None:
        i = self.first
        self._next += 1
        return i

    @property
    def first(self) -> int | None:
        return self._next if self._next < self._count else None


class Engine:
    def __init__(
        self, arms: tuple[ArmAtWork, ...], pace: Pace, run_token: str, records: Records,
        watch: Watch = unwatched, start: Start = at_once,
    ) -> None:  # fmt: skip
        self._arms = arms
        self._pace = pace
        self._run_token = run_token
        self._records = records
        self._watch = watch
        self._start = start
        self._waiting = Waiting(MonotonicClock())
        self._stopping = False

    @property
    def stopping(self) -> bool:
        """Nothing more is started, and current sends are not tried again."""
        return self._stopping

    @stopping.setter
    def stopping(self, stopping: bool) -> None:
        self._stopping = stopping
        if stopping:
            for arm in self._arms:
                for sender in arm.senders:
                    sender.stop_retrying()

    async def open(self) -> list[tuple[int, Outcome]]:
        """Opens the kept connections, after a test of the servers that are not embedded; gives (arm, reason) for each
        failure.
        """
        failures = []
        for number, arm in enumerate(self._arms):
            failure = await arm.senders[0].try_out() if arm.foreign else None
            for sender in arm.senders:
                failure = failure or await sender.open()
            if failure is not None:
                failures.append((number, failure))
        return failures

    async def walk(self, cells: Iterable[PlanCell]) -> bool:
        """Every cell, one after the other; False where it was stopped. Garbage is collected between cells (method.md §8)."""
        gc.collect()
        gc.freeze()
        gc.disable()
        try:
            for cell in cells:
                start_ns = await self._start()
                if start_ns is None or self.stopping:
                    return False
                with self._watch(cell, self._waiting):
                    await self._work(cell, start_ns)
                gc.collect()
        finally:
            gc.enable()
        return not self.stopping

    async def close(self) -> None:
        """Closes all connections at the same time: a silent server costs one wait, not one per connection."""
        await asyncio.gather(*(sender.close() for arm in self._arms for sender in arm.senders))

    @property
    def sockets(self) -> dict[int, SocketOptions]:
        """The socket options in force on the connections of each arm that made one."""
        of_arms = ((number, sender.trace.socket) for number, arm in enumerate(self._arms) for sender in arm.senders)
        return {number: options for number, options in of_arms if options is not None}

    async def _work(self, cell: PlanCell, start_ns: int) -> None:
        todo = _Todo(cell.count)
        senders = self._arms[cell.arm].senders[: cell.count]
        if len(senders) == 1:
            await self._drain(cell, 0, todo, start_ns)
            return
        drains = [self._drain_or_stop(cell, number, todo, start_ns) for number in range(len(senders))]
        for failure in await asyncio.gather(*drains, return_exceptions=True):
            if failure is not None:
                raise failure

    async def _drain_or_stop(self, cell: PlanCell, number: int, todo: _Todo, start_ns: int) -> None:
        """If one sender's record cannot be stored, the others finish their current sends and start nothing more."""
        try:
            await self._drain(cell, number, todo, start_ns)
        except BaseException:
            self.stopping = True
            raise

    async def _drain(self, cell: PlanCell, number: int, todo: _Todo, start_ns: int) -> None:
        """One sender's share of a cell: it takes the next send whenever it is free."""
        arm = self._arms[cell.arm]
        sender, prepared = arm.senders[number], arm.prepared
        if sender.batches:
            await self._drain_in_batches(cell, number, todo, start_ns)
            return
        i = todo.take()
        while i is not None:
            offset_ns = self._pace.offset_ns(cell, i)
            if offset_ns is not None:
                await self._waiting.until(start_ns + offset_ns)
            if self.stopping:
                return
            following = todo.take() if sender.prefetches and self._is_due(cell, todo.first, start_ns) else None
            send, message = cell.send_of(i), cell.message_of(i)
            self._records.begin(send, cell.arm)
            outcome = await sender.send(
                prepared[message],
                token_of(self._run_token, send),
                None if following is None else prepared[cell.message_of(following)],
            )
            trace = sender.trace
            intended_ns = trace.started_ns if offset_ns is None else start_ns + offset_ns
            self._records.record(
                send, cell, message, number, intended_ns, trace, sender.connection, sender.nth, outcome
            )  # fmt: skip
            i = todo.take() if following is None else following

    async def _drain_in_batches(self, cell: PlanCell, number: int, todo: _Todo, start_ns: int) -> None:
        """The same with batch requests: each carries all messages that are due when it leaves, up to its limit."""
        arm = self._arms[cell.arm]
        sender = arm.senders[number]
        while (first := todo.take()) is not None:
            offset_ns = self._pace.offset_ns(cell, first)
            if offset_ns is not None:
                await self._waiting.until(start_ns + offset_ns)
            if self.stopping:
                return
            sends = [first, *self._due(cell, todo, start_ns, sender.room - 1)]
            for i in sends:
                self._records.begin(cell.send_of(i), cell.arm)
            outcomes = await sender.send_batch(
                [arm.prepared[cell.message_of(i)] for i in sends],
                [token_of(self._run_token, cell.send_of(i)) for i in sends],
            )
            self._record_batch(cell, number, sends, outcomes, start_ns)

    def _due(self, cell: PlanCell, todo: _Todo, start_ns: int, room: int) -> Iterator[int]:
        """The next sends, at most `room` of them."""
        while room > 0 and (i := todo.first) is not None and self._is_due(cell, i, start_ns):
            todo.take()
            yield i
            room -= 1

    def _record_batch(
        self, cell: PlanCell, number: int, sends: Sequence[int], outcomes: Sequence[Outcome], start_ns: int
    ) -> None:
        """A row for each message, with the time stamps of their request; its cost on the wire is in the first row."""
        sender = self._arms[cell.arm].senders[number]
        trace = sender.trace
        for place, (i, outcome) in enumerate(zip(sends, outcomes, strict=True)):
            offset_ns = self._pace.offset_ns(cell, i)
            intended_ns = trace.started_ns if offset_ns is None else start_ns + offset_ns
            nth = sender.nth if sender.connection < 0 else sender.nth + place
            self._records.record(
                cell.send_of(i), cell, cell.message_of(i), number, intended_ns, trace, sender.connection, nth, outcome
            )  # fmt: skip
            trace.share()

    def _is_due(self, cell: PlanCell, i: int | None, start_ns: int) -> bool:
        """A future send is not reserved for a sender that may be busy then."""
        offset_ns = None if i is None else self._pace.offset_ns(cell, i)
        return offset_ns is None or start_ns + offset_ns <= perf_counter_ns()
