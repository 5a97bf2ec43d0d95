"""One flight for equal questions, one cache as long as answers hold, and a bounded number in the air."""

from __future__ import annotations

import asyncio

import pytest
from dns.message import QueryMessage

from benchkit.model.clock import ManualClock
from benchkit.model.dns import Answer, Ask
from benchkit.resolver import Timeouts
from tests.resolver.scripted import CALM, HASTE, Script, asking, one, reply, saying, silent

SOA = "a.example. 300 IN SOA ns1.a.example. h.a.example. 1 2 3 4 60"
S = 1_000_000_000


def test_equal_questions_share_one_flight() -> None:
    async def many(ask: Ask) -> list[Answer]:
        return list(await asyncio.gather(*(ask(name, "A") for name in ["a.example", "A.example."] * 50)))

    answers, (server,) = asking(saying("a.example. 0 IN A 192.0.2.1"), ask=many)
    assert len(server.asked) == 1
    assert sum(answer.queries for answer in answers) == 1


def test_whoever_asked_first_may_go() -> None:
    async def two(ask: Ask) -> Answer:
        first = asyncio.ensure_future(one("a.example")(ask))
        second = asyncio.ensure_future(one("a.example")(ask))
        await asyncio.sleep(0)
        first.cancel()
        return await second

    assert asking(saying("a.example. 9 IN A 192.0.2.1"), ask=two)[0].state == "ok"


def test_of_those_who_stay_one_asks_again() -> None:
    async def three(ask: Ask) -> list[Answer]:
        first, *others = [asyncio.ensure_future(one("a.example")(ask)) for _ in range(3)]
        await asyncio.sleep(0)
        first.cancel()
        return list(await asyncio.gather(*others))

    answers, (server,) = asking(saying("a.example. 0 IN A 192.0.2.1"), ask=three)
    assert sorted(answer.queries for answer in answers) == [0, 1]
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("script", "held_s"),
    [
        (saying("www.a.example. 300 IN A 192.0.2.1"), 300),
        (saying("www.a.example. 20 IN CNAME b.example.", "b.example. 300 IN A 192.0.2.1"), 20),
        (saying("www.a.example. 0 IN A 192.0.2.1"), 0),
        (saying("www.a.example. 4294967295 IN A 192.0.2.1"), 0),  # RFC 2181 §8
        (saying("www.a.example. 2147483647 IN A 192.0.2.1"), 604_800),  # RFC 8767 §4
        (saying(authority=[SOA], rcode="NXDOMAIN"), 60),  # the SOA's minimum, RFC 2308 §5
        (saying(authority=[SOA.replace(" 300 ", " 30 ")]), 30),  # … or its own TTL
        (saying(), 5),
        (saying(rcode="SERVFAIL"), 5),  # RFC 9520
        (silent, 5),
    ],
)
def test_answers_are_kept_as_long_as_they_hold(script: Script, held_s: int) -> None:
    clock = ManualClock()

    async def four(ask: Ask) -> list[int]:
        answers = [await ask("www.a.example", "A")]
        clock.advance(max(0, held_s * S - 1))
        answers.append(await ask("www.a.example", "A"))
        clock.advance(1)
        answers.append(await ask("www.a.example", "A"))
        return [answer.queries for answer in answers]

    queries, _ = asking(script, ask=four, clock=clock, timeouts=HASTE if script is silent else CALM)
    assert queries[0] >= 1
    assert (queries[1] == 0) == (held_s > 0)
    assert queries[2] >= 1


def test_no_more_than_so_many_are_in_the_air() -> None:
    waiting: list[tuple[QueryMessage, float]] = []
    most = 0

    def script(query: QueryMessage, transport: str) -> list[bytes]:
        nonlocal most
        waiting.append((query, 0.0))
        most = max(most, len(waiting))
        if len(waiting) < 4:
            return []
        return [reply(waiting.pop()[0]) for _ in range(4)]

    async def many(ask: Ask) -> list[Answer]:
        return list(await asyncio.gather(*(ask(f"{number}.example", "A") for number in range(40))))

    answers, _ = asking(script, ask=many, timeouts=Timeouts(tries_s=(5.0,), whole_s=5.0, in_flight=4))
    assert {answer.state for answer in answers} == {"nodata"}
    assert most == 4


def test_closing_leaves_nobody_waiting() -> None:
    async def leave(ask: Ask) -> asyncio.Future[Answer]:
        future = asyncio.ensure_future(one()(ask))
        await asyncio.sleep(0)
        return future

    future, _ = asking(silent, ask=leave)
    assert future.cancelled()
