"""Limits as wrappers: what one domain's audit may cost, and one answer for one question for as long as it lasts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from benchkit.model.clock import Clock, MonotonicClock
from benchkit.model.dns import Answer, AnswerState, Ask
from benchkit.model.plain_number import significant
from benchkit.resolver.retry_budget import ALLOWANCE, NS_PER_S, BudgetExhausted

QUERY_LIMIT = 1_000
TIME_LIMIT_S = 5.0


class Budget:
    """No more than so many queries, and no longer than so many seconds from its making; past that, TIMEOUT with the reason.

    A question is asked in the task of its caller; a task has one open at a time.
    """

    def __init__(
        self, ask: Ask, *, queries: int = QUERY_LIMIT, seconds: float = TIME_LIMIT_S, clock: Clock | None = None
    ) -> None:
        self._ask = ask
        self._clock = clock or MonotonicClock()
        self._queries_left, self._seconds = queries, seconds
        self._exhausted = f"not asked: {queries} queries for one domain are spent"
        self._until_ns = self._clock.now_ns() + round(seconds * NS_PER_S)
        self._open: set[asyncio.Task[object]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._over = False

    async def __call__(self, name: str, type: str) -> Answer:  # noqa: A002
        return await self._spend(self._ask, name, type)

    def shared_with(self, ask: Ask) -> Ask:
        """Another way to the DNS, within the same budget."""

        async def limited(name: str, type: str) -> Answer:  # noqa: A002
            return await self._spend(ask, name, type)

        return limited

    async def _spend(self, ask: Ask, name: str, type: str) -> Answer:  # noqa: A002
        left_s = (self._until_ns - self._clock.now_ns()) / NS_PER_S
        if self._queries_left <= 0:
            return _stopped(name, type, self._exhausted)
        if left_s <= 0:
            return _stopped(name, type, f"not asked: {significant(self._seconds)} s for one domain are over")
        allowance = QueryAllowance(self)
        outer = ALLOWANCE.set(allowance.more)
        asker = self._open_for(left_s)
        try:
            answer = await ask(name, type)
        except asyncio.CancelledError:
            if not self._over or asker.uncancel() > 0:  # something else cancelled the task
                raise
            return _stopped(name, type, f"no answer before {significant(self._seconds)} s for one domain were over")
        finally:
            self._close(asker)
            ALLOWANCE.reset(outer)
        self._queries_left += allowance.paid - answer.queries
        return answer

    def _open_for(self, left_s: float) -> asyncio.Task[object]:
        """One timer for all that is open: a domain has a hundred questions at once, and their time is over at once."""
        asker = asyncio.current_task()
        assert asker is not None
        self._open.add(asker)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(left_s, self._stop)
        return asker

    def _close(self, asker: asyncio.Task[object]) -> None:
        self._open.discard(asker)
        if not self._open and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _stop(self) -> None:
        self._over = True
        for asker in self._open:
            asker.cancel()

    def take(self) -> None:
        """Raises BudgetExhausted if no query is left."""
        if self._queries_left <= 0:
            raise BudgetExhausted(self._exhausted)
        self._queries_left -= 1


class QueryAllowance:
    """One question's share of the limit, taken in advance: otherwise many questions at once would exceed it."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self.paid = 0
        self.more()

    def more(self) -> None:
        self._budget.take()
        self.paid += 1


def _stopped(name: str, type: str, why: str) -> Answer:  # noqa: A002
    return Answer(name, type, AnswerState.TIMEOUT, ede=(why,), queries=0)


class Snapshot:
    """Every question is asked once: its answer cannot change under an audit, and `queries` counts what the domain has cost."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._answers: dict[tuple[str, str], asyncio.Future[Answer]] = {}

    @property
    def queries(self) -> int:
        """Sent so far for the questions that are answered."""
        return sum(answer.queries for answer in self.answers)

    @property
    def answers(self) -> tuple[Answer, ...]:
        """In the order of the questions."""
        finished = (task for task in self._answers.values() if task.done() and not task.cancelled())
        return tuple(task.result() for task in finished)

    def answer(self, name: str, type: str) -> Answer | None:  # noqa: A002
        """What has come already to a question written as `__call__` keeps it; None while it is open."""
        task = self._answers.get((name, type))
        return task.result() if task is not None and task.done() and not task.cancelled() else None

    def __call__(self, name: str, type: str) -> Awaitable[Answer]:  # noqa: A002
        key = (name.lower().removesuffix("."), type.upper())
        if key not in self._answers:
            self._answers[key] = asyncio.ensure_future(self._ask(name, type))
        task = self._answers[key]
        return task if task.done() else asyncio.shield(task)
