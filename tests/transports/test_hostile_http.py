"""Every HTTP/1.1 client against every hostile response: an outcome in bounded time, and never a false acceptance."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic

import pytest
import uvloop

from benchkit.model.identity import token_of
from benchkit.model.message import Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.scenario import ArmSpec
from benchkit.model.trace import Trace
from tests.loopback_server import serving
from tests.transports.clients import RUN_TOKEN, client_of
from tests.transports.hostile_http import FINE, HTTP1, OK, UNTAKEN, Hostile

CLIENTS = ("httpx", "httpx2", "aiohttp", "wire")
TIMEOUT_S = 0.4
SLACK_S = 5.0  # for a machine that is busy
MakeArm = Callable[..., ArmSpec]
Compose = Callable[..., Message]


async def request_of(incoming: asyncio.StreamReader) -> None:
    """A whole HTTP/1.1 request."""
    head = await incoming.readuntil(b"\r\n\r\n")
    (length,) = (line[15:] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    await incoming.readexactly(int(length))


def script_of(hostile: Hostile) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], object]:
    async def talk(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        if hostile.early:
            outgoing.write(hostile.early)
            await outgoing.drain()
        await request_of(incoming)
        outgoing.write(hostile.sends)
        await outgoing.drain()
        if not hostile.closes:
            await incoming.read()

    return talk


async def send(
    arm: ArmSpec, port: int, messages: list[Message], pause_s: float = 0.0, ca_pem: str = ""
) -> list[Outcome]:
    """Each message's outcome, with a pause before each, once there is a connection."""
    one, trace, found = client_of(arm, port, ca_pem), Trace(), []
    for number, message in enumerate(messages):
        trace.begin()
        outcome = None if one.connected else await one.connect(trace)
        await asyncio.sleep(pause_s)
        if outcome is None:
            outcome = await one.send(one.prepare(message), token_of(RUN_TOKEN, number), trace)
        found.append(outcome)
    await one.close(Trace())
    return found


def outcomes_of(arm: ArmSpec, hostile: Hostile, message: Message, pause_s: float = 0.0) -> tuple[Outcome, float]:
    async def run() -> tuple[Outcome, float]:
        async with serving(script_of(hostile)) as port:  # type: ignore[arg-type]
            started = monotonic()
            (outcome,) = await send(arm, port, [message], pause_s)
            return outcome, monotonic() - started

    return uvloop.run(run())


@pytest.mark.parametrize("name", [*HTTP1, *FINE])
@pytest.mark.parametrize("client", CLIENTS)
def test_a_hostile_response_ends_in_time_and_is_no_acceptance(
    client: str, name: str, make_arm: MakeArm, compose_message: Compose
) -> None:
    hostile = {**HTTP1, **FINE}[name]
    arm = make_arm("api none", client=client, timeout_s=TIMEOUT_S)
    outcome, took_s = outcomes_of(arm, hostile, compose_message(), pause_s=0.05 if hostile.early else 0.0)
    assert outcome.kind in hostile.kinds, outcome
    outcome.text.encode("utf-8")
    assert took_s < TIMEOUT_S + SLACK_S


@pytest.mark.parametrize("client", CLIENTS)
def test_a_second_response_behind_the_first_answers_no_other_message(
    client: str, make_arm: MakeArm, compose_message: Compose
) -> None:
    """Two responses to the first request, none to any other: the second message is not accepted by what is left over."""

    async def run() -> list[Outcome]:
        requests = []

        async def talk(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
            await request_of(incoming)
            requests.append(1)
            outgoing.write(OK + OK if len(requests) == 1 else b"")
            await outgoing.drain()
            await incoming.read()

        async with serving(talk) as port:
            arm = make_arm("api none", client=client, timeout_s=TIMEOUT_S)
            return await send(arm, port, [compose_message()] * 2)

    first, second = uvloop.run(run())
    assert first.kind is OutcomeKind.ACCEPTED
    assert second.kind in UNTAKEN


@pytest.mark.parametrize("client", CLIENTS)
def test_a_response_cut_after_each_byte(client: str, make_arm: MakeArm, compose_message: Compose) -> None:
    arm, message = make_arm("api none", client=client, timeout_s=TIMEOUT_S), compose_message()

    async def run() -> list[Outcome]:
        found = []
        for left in range(1, len(OK) + 1):
            async with serving(script_of(Hostile(OK[:left], closes=True))) as port:  # type: ignore[arg-type]
                found += await send(arm, port, [message])
        return found

    *cut, last = uvloop.run(run())
    assert {outcome.kind for outcome in cut} <= {OutcomeKind.AMBIGUOUS, OutcomeKind.GARBLED}
    assert last.kind is OutcomeKind.ACCEPTED


@pytest.mark.parametrize("client", CLIENTS)
def test_a_response_that_comes_byte_by_byte_does_not_hold_a_client(
    client: str, make_arm: MakeArm, compose_message: Compose
) -> None:
    async def talk(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        await request_of(incoming)
        for byte in OK:
            outgoing.write(bytes((byte,)))
            await outgoing.drain()
            await asyncio.sleep(0.05)

    async def run() -> tuple[Outcome, float]:
        async with serving(talk) as port:
            arm = make_arm("api none", client=client, timeout_s=TIMEOUT_S)
            started = monotonic()
            (outcome,) = await send(arm, port, [compose_message()])
            return outcome, monotonic() - started

    outcome, took_s = uvloop.run(run())
    assert outcome.kind is OutcomeKind.AMBIGUOUS
    assert took_s < TIMEOUT_S + SLACK_S
