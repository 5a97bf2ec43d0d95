"""A server that closes connections, after so many messages or after silence: every client goes on, nothing is sent twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import uvloop

from benchkit.model.identity import token_of
from benchkit.model.message import Message
from benchkit.model.outcome import OutcomeKind
from benchkit.model.scenario import ArmSpec, Fault, Limit
from benchkit.model.trace import Phase, Trace
from benchkit.sink import Sink
from tests.transports.clients import RUN_TOKEN, SinkRecords, at_a_sink

Make = Callable[..., Message]
Kind = OutcomeKind
SMTP = ("aiosmtplib", "smtplib", "wire")
API = ("aiohttp", "httpx", "httpx2", "httpx2h2", "wire")
WAYS = [*(("smtp none", client) for client in SMTP), *(("api implicit", client) for client in API)]


async def with_pauses(arm: ArmSpec, message: Message, count: int) -> tuple[list[bool], SinkRecords]:
    """Each message once the server has closed the connection of the one before; whether it had to connect again."""
    seen, reconnected, trace = SinkRecords(), [], Trace()
    async with at_a_sink(arm, seen) as (client, sink):
        prepared = client.prepare(message)
        for number in range(count):
            trace.begin()
            if not client.connected:
                assert await client.connect(trace) is None
            outcome = await client.send(prepared, token_of(RUN_TOKEN, number), trace)
            assert outcome.kind is Kind.ACCEPTED
            reconnected.append(Phase.CONNECT in trace.phases)
            fall_silent(sink)
            async with asyncio.timeout(5):
                while sink.open_connections or client.connected:  # noqa: ASYNC110  (the kernel's doing, and no event tells)
                    await asyncio.sleep(0)
    return reconnected, seen


def fall_silent(sink: Sink) -> None:
    """The server's idle timeout is over. A real pause as short as a test's is over before a busy client has sent."""
    connections: Any = sink._connections
    for connection in tuple(connections.live):
        connection._idle._expired()


@pytest.mark.parametrize(("way", "client"), WAYS, ids=lambda value: value)
def test_a_connection_closed_in_a_pause_is_made_anew(
    way: str, client: str, make_arm: Any, compose_message: Make
) -> None:
    arm = make_arm(way, client=client, limit=Limit(idle_s=60.0))
    reconnected, seen = uvloop.run(with_pauses(arm, compose_message(), 3))
    assert reconnected == [True] * 3
    assert seen.arrived == [0, 1, 2]
    if way.startswith("smtp"):
        assert [seen.transcript.texts(number, "out")[-1] for number in range(3)] == [
            "421 4.4.2 Silent for too long"
        ] * 3


@pytest.mark.parametrize("client", SMTP)
def test_a_421_to_one_message_too_many_is_an_outcome_and_the_next_goes_over_a_new_connection(
    client: str, talk: Any, compose_message: Make
) -> None:
    limit = Limit(messages_per_connection=2)
    found = talk("smtp none", [compose_message()] * 6, fresh=False, client=client, limit=limit)
    assert [one.outcome.kind for one in found.sent] == [Kind.ACCEPTED, Kind.ACCEPTED, Kind.DEFERRED] * 2
    assert {one.outcome.code for one in found.sent[2::3]} == {421}
    assert [arrival.send for arrival in found.ledger.arrivals] == [0, 1, 3, 4]
    said = [line.upper()[:4] for connection in range(2) for line in found.transcript.texts(connection, "in")]
    assert said.count("MAIL") == 6


@pytest.mark.parametrize("client", API)
def test_a_close_that_meets_a_request_leaves_doubt_and_no_second_request(
    client: str, talk: Any, compose_message: Make
) -> None:
    cut = Fault("request", drop=True, probability=0.3)
    found = talk("api none", [compose_message()] * 30, fresh=False, client=client, faults=(cut,))
    kinds = [one.outcome.kind for one in found.sent]
    assert set(kinds) == {Kind.ACCEPTED, Kind.AMBIGUOUS}
    requests = [line for line in found.transcript.lines if line.direction == "in"]
    assert len(requests) == 30
    assert [arrival.send for arrival in found.ledger.arrivals] == [
        n for n, kind in enumerate(kinds) if kind is Kind.ACCEPTED
    ]
