"""Several servers: who is asked next, who is asked last, and which failure is told."""

from __future__ import annotations

import asyncio

import pytest
from dns.message import QueryMessage

from benchkit.model.clock import ManualClock
from benchkit.model.dns import Answer, Ask
from benchkit.resolver import Timeouts, open_live
from tests.resolver.scripted import HASTE, asking, one, reply, saying, silent

FAILOVER = Timeouts(tries_s=(0.1, 5.0), whole_s=10.0)


def test_the_second_server_is_asked_when_the_first_is_silent() -> None:
    answer, (first, second) = asking(silent, saying("www.a.example. 9 IN A 192.0.2.1"), ask=one(), timeouts=FAILOVER)
    assert (answer.state, answer.resolver, answer.queries) == ("ok", second.address, 2)
    assert len(first.asked) == 1


@pytest.mark.parametrize("rcode", ["SERVFAIL", "REFUSED", "NOTIMP"])
def test_the_second_server_is_asked_when_the_first_fails(rcode: str) -> None:
    answer, (_, second) = asking(saying(rcode=rcode), saying("www.a.example. 9 IN A 192.0.2.1"), ask=one())
    assert (answer.state, answer.resolver) == ("ok", second.address)


def test_the_most_telling_failure_is_kept() -> None:
    answer, (first, *_) = asking(saying(rcode="SERVFAIL"), saying(rcode="REFUSED"), silent, ask=one(), timeouts=HASTE)
    assert (answer.state, answer.resolver) == ("servfail", first.address)
    assert len(first.asked) == 1


def test_a_silent_server_is_asked_last_from_then_on() -> None:
    async def three(ask: Ask) -> list[Answer]:
        return [await ask(f"{number}.example", "A") for number in range(3)]

    _, (first, second) = asking(silent, saying(), ask=three, timeouts=FAILOVER)
    assert len(first.asked) == 1
    assert len(second.asked) == 3


def test_nobody_listens() -> None:
    async def run() -> Answer:
        async with open_live(["127.0.0.1:1"], timeouts=HASTE) as ask:
            return await ask("a.example", "A")

    answer = asyncio.run(run())
    assert answer.state == "timeout"
    assert "refused" in answer.ede[0].lower()


def test_a_question_ends_in_time_however_many_servers_there_are() -> None:
    clock = ManualClock()

    def failing_slowly(query: QueryMessage, transport: str) -> list[bytes]:
        clock.advance(1_000_000_000)
        return [reply(query, rcode="SERVFAIL")]

    timeouts = Timeouts(tries_s=(5.0, 5.0), whole_s=2.0)
    answer, servers = asking(*[failing_slowly] * 4, ask=one(), clock=clock, timeouts=timeouts)
    assert (answer.state, answer.queries) == ("servfail", 2)
    assert [len(server.asked) for server in servers] == [1, 1, 0, 0]


def test_a_question_ends_in_time_however_long_the_chain_is() -> None:
    clock = ManualClock()

    def leading_on(query: QueryMessage, transport: str) -> list[bytes]:
        clock.advance(1_000_000_000)
        name = query.question[0].name.to_text()
        return [reply(query, f"{name} 9 IN CNAME x{name}")]

    answer, _ = asking(leading_on, ask=one(), clock=clock, timeouts=Timeouts(tries_s=(5.0,), whole_s=3.0))
    assert (answer.state, answer.queries) == ("timeout", 3)
