"""The live `Ask`: one cache, one open query per question, several servers, a bounded number of queries open.

The times suit an audit, not a browser: a lost datagram costs half a second, no question waits more than 3.5 s.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dns.rdatatype import RdataType

from benchkit.model.clock import Clock
from benchkit.model.dns import ALIAS_LOOP, Answer, AnswerState
from benchkit.resolver.cache import Cache
from benchkit.resolver.names import text_name, unaskable
from benchkit.resolver.question import Question, question_of
from benchkit.resolver.reading import CHAIN_LIMIT, FAILURE_TTL_S, Reading, read
from benchkit.resolver.retry_budget import NS_PER_S, RetryBudget
from benchkit.resolver.servers import DnsServer

Key = tuple[str, RdataType]
TELLING = (AnswerState.SERVFAIL, AnswerState.REFUSED, AnswerState.MALFORMED, AnswerState.TIMEOUT)  # the most first


@dataclass(frozen=True, slots=True)
class Timeouts:
    """`tries_s`: how long each try waits before the next server is asked; `whole_s`: for a question and its chain."""

    tries_s: tuple[float, ...] = (0.5, 1.0, 1.5)
    whole_s: float = 3.5
    in_flight: int = 256


@dataclass(frozen=True, slots=True)
class Flight:
    """An open question, in the task that asked it first; `landed` gets None where that task is cancelled."""

    asker: asyncio.Task[object] | None
    landed: asyncio.Future[Answer | None]


class LiveAsk:
    """`Ask` over servers in the order of trust; a silent one goes to the end."""

    def __init__(self, servers: Sequence[DnsServer], clock: Clock, timeouts: Timeouts) -> None:
        self._servers = list(servers)
        self._clock, self._timeouts = clock, timeouts
        self._cache: Cache[Key] = Cache(clock)
        self._flights: dict[Key, Flight] = {}
        self._room = asyncio.Semaphore(timeouts.in_flight)

    async def __call__(self, name: str, type: str) -> Answer:  # noqa: A002
        question = question_of(name, type)
        if question is None:
            return unaskable(name, type)
        while (flight := self._flights.get(question.key)) is not None:
            if (answer := await asyncio.shield(flight.landed)) is not None:
                return replace(answer, queries=0)  # joining an open question costs no query
        cached = self._cache.get(question.key)
        return await self._fly(question) if cached is None else cached

    async def close(self) -> None:
        for flight in (flights := list(self._flights.values())):
            if flight.asker is not None:
                flight.asker.cancel()
        await asyncio.gather(*(flight.landed for flight in flights))
        for server in self._servers:
            server.close()

    async def _fly(self, question: Question) -> Answer:
        landed: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        self._flights[question.key] = Flight(asyncio.current_task(), landed)
        answer = None
        try:
            async with self._room:
                answer, ttl_s = await self._resolve(question)
            self._cache.put(question.key, answer, ttl_s)
            return answer
        finally:
            del self._flights[question.key]
            landed.set_result(answer)

    async def _resolve(self, question: Question) -> tuple[Answer, int]:
        """The answer at the end of the chain, in the time that a question has; and how long it holds."""
        started_ns = self._clock.now_ns()
        budget = RetryBudget(self._clock, started_ns, started_ns + round(self._timeouts.whole_s * NS_PER_S))
        reading = await self._to_the_end(question, budget)
        return reading.answer, reading.ttl_s

    async def _to_the_end(self, question: Question, budget: RetryBudget) -> Reading:
        """If a CNAME chain leaves the response, its next name is asked."""
        reading = await self._ask(question, budget)
        seen = {question.text}
        while (target := reading.next_name) is not None:
            onward = question_of(text_name(target), question.type.name)
            if onward is None or onward.text in seen or len(reading.answer.cnames) > CHAIN_LIMIT:
                answer = replace(reading.answer, state=AnswerState.MALFORMED, ede=(ALIAS_LOOP,))
                return Reading(answer, FAILURE_TTL_S)
            seen.add(onward.text)
            reading = _joined(reading, await self._ask(onward, budget))
        return reading

    async def _ask(self, question: Question, budget: RetryBudget) -> Reading:
        """The first server with a result; otherwise the most informative failure."""
        failures: list[Reading] = []
        spoken: set[str] = set()
        for wait_s in self._timeouts.tries_s:
            for server in [server for server in self._servers if server.name not in spoken]:
                budget.begin_try(wait_s)
                reading = self._silence(question) if budget.is_over else await self._try(server, question, budget)
                if reading.answer.state.known:
                    return reading
                failures.append(reading)
                if reading.answer.state is AnswerState.TIMEOUT:
                    break
                spoken.add(server.name)
        worst = min(failures, key=lambda failure: TELLING.index(failure.answer.state))
        return replace(worst, answer=replace(worst.answer, rtt_ms=budget.rtt_ms, queries=budget.queries))

    async def _try(self, server: DnsServer, question: Question, budget: RetryBudget) -> Reading:
        try:
            wire = await server.exchange(question, budget)
        except TimeoutError:
            self._demote(server)
            return self._silence(question, server)
        except OSError as error:
            self._demote(server)
            return self._silence(question, server, str(error))
        return read(wire, question, server.name, budget.rtt_ms, budget.queries)

    def _demote(self, server: DnsServer) -> None:
        if self._servers[0] is server:
            self._servers.append(self._servers.pop(0))

    def _silence(self, question: Question, server: DnsServer | None = None, why: str = "") -> Reading:
        names = server.name if server else ", ".join(server.name for server in self._servers)
        reason = (why,) if why else ()
        answer = Answer(question.text, question.type.name, AnswerState.TIMEOUT, resolver=names, ede=reason, queries=0)
        return Reading(answer)


def _joined(so_far: Reading, following: Reading) -> Reading:
    """One answer from two responses of one chain; validated only if both are."""
    answer = replace(
        following.answer,
        name=so_far.answer.name,
        cnames=(*so_far.answer.cnames, *following.answer.cnames),
        ad=so_far.answer.ad and following.answer.ad,
    )
    return Reading(answer, min(so_far.ttl_s, following.ttl_s), following.next_name)
