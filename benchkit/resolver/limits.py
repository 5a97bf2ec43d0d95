"""Limits as wrappers: what one domain's audit may cost, and one answer for one question for as long as it lasts."""

from __future__ import annotations

import asyncio

from benchkit.clock import Clock, MonotonicClock
from benchkit.model.dns import Answer, AnswerState, Ask

QUERY_LIMIT = 1_000
TIME_LIMIT_S = 5.0
NS_PER_S = 1e9


class Budget:
    """No more than so many queries, and no longer than so many seconds from its making; past that, TIMEOUT with the reason."""

    def __init__(
        self, ask: Ask, *, queries: int = QUERY_LIMIT, seconds: float = TIME_LIMIT_S, clock: Clock | None = None
    ) -> None:
        self._ask = ask
        self._clock = clock or MonotonicClock()
        self._queries_left, self._queries, self._seconds = queries, queries, seconds
        self._until_ns = self._clock.now_ns() + round(seconds * NS_PER_S)

    async def __call__(self, name: str, type: str) -> Answer:  # noqa: A002
        left_s = (self._until_ns - self._clock.now_ns()) / NS_PER_S
        if self._queries_left <= 0:
            return _stopped(name, type, f"not asked: {self._queries} queries for one domain are spent")
        if left_s <= 0:
            return _stopped(name, type, f"not asked: {self._seconds:g} s for one domain are over")
        self._queries_left -= 1  # taken before it is known what was spent, or many at once would pass
        try:
            async with asyncio.timeout(left_s):
                answer = await self._ask(name, type)
        except TimeoutError:
            return _stopped(name, type, f"no answer before {self._seconds:g} s for one domain were over")
        self._queries_left += 1 - answer.queries
        return answer


def _stopped(name: str, type: str, why: str) -> Answer:  # noqa: A002
    return Answer(name, type, AnswerState.TIMEOUT, ede=(why,), queries=0)


class Snapshot:
    """Every question is asked once: its answer cannot change under an audit, and `queries` counts what the domain has cost."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._answers: dict[tuple[str, str], asyncio.Task[Answer]] = {}

    @property
    def queries(self) -> int:
        """Sent so far for the questions that are answered."""
        return sum(answer.queries for answer in self.answers)

    @property
    def answers(self) -> tuple[Answer, ...]:
        """In the order of the questions."""
        finished = (task for task in self._answers.values() if task.done() and not task.cancelled())
        return tuple(task.result() for task in finished)

    async def __call__(self, name: str, type: str) -> Answer:  # noqa: A002
        key = (name.lower().removesuffix("."), type.upper())
        if key not in self._answers:
            self._answers[key] = asyncio.create_task(_awaited(self._ask, name, type))
        return await asyncio.shield(self._answers[key])


async def _awaited(ask: Ask, name: str, type: str) -> Answer:  # noqa: A002
    return await ask(name, type)
