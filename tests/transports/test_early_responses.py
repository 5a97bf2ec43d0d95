"""Responses that nothing asked for: before the request, behind the response, in a pause. None of them answers a message."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import cache

import pytest
import uvloop

from benchkit.model.message import Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.scenario import ArmSpec
from benchkit.sink.certificate import ServerCertificate
from tests.loopback_server import serving
from tests.transports.hostile_http import OK, UNTAKEN
from tests.transports.test_hostile_http import CLIENTS, TIMEOUT_S, request_of, send

PAUSE_S = 0.05
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter, int], Awaitable[None]]
pytestmark = [pytest.mark.parametrize("client", CLIENTS), pytest.mark.parametrize("security", ["none", "implicit"])]


@cache
def certificate() -> ServerCertificate:
    return ServerCertificate("127.0.0.1")


@pytest.fixture
def outcomes(make_arm: Callable[..., ArmSpec], compose_message: Callable[..., Message]) -> Callable[..., list[Outcome]]:
    """Of two messages with a pause before each, at a server that knows how many connections it had before."""

    def found(client: str, security: str, serve: Serve) -> list[Outcome]:
        connections = []

        async def talk(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
            connections.append(outgoing)
            await serve(incoming, outgoing, len(connections) - 1)
            await incoming.read()

        async def run() -> list[Outcome]:
            arm = make_arm(f"api {security}", client=client, timeout_s=TIMEOUT_S)
            async with serving(talk, certificate().context() if security == "implicit" else None) as port:
                return await send(arm, port, [compose_message()] * 2, PAUSE_S, certificate().ca_pem)

        return uvloop.run(run())

    return found


def test_before_the_request(client: str, security: str, outcomes: Callable[..., list[Outcome]]) -> None:
    async def serve(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter, before: int) -> None:
        outgoing.write(OK)

    assert {outcome.kind for outcome in outcomes(client, security, serve)} <= UNTAKEN


@pytest.mark.parametrize("times", [2, 3])
def test_behind_the_response(client: str, security: str, times: int, outcomes: Callable[..., list[Outcome]]) -> None:
    """In one segment, or under TLS in one record after the other."""

    async def serve(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter, before: int) -> None:
        await request_of(incoming)
        if not before:
            for _ in range(times):
                outgoing.write(OK)

    first, second = outcomes(client, security, serve)
    assert first.kind is OutcomeKind.ACCEPTED
    assert second.kind in UNTAKEN


def test_in_a_pause(client: str, security: str, outcomes: Callable[..., list[Outcome]]) -> None:
    async def serve(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter, before: int) -> None:
        await request_of(incoming)
        if not before:
            outgoing.write(OK)
            await outgoing.drain()
            await asyncio.sleep(PAUSE_S / 5)
            outgoing.write(OK)

    first, second = outcomes(client, security, serve)
    assert first.kind is OutcomeKind.ACCEPTED
    assert second.kind in UNTAKEN


def test_of_a_server_that_does_as_it_should(client: str, security: str, outcomes: Callable[..., list[Outcome]]) -> None:
    """Session tickets come early, and rightly."""

    async def serve(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter, before: int) -> None:
        for _ in range(2):
            await request_of(incoming)
            outgoing.write(OK)
        assert not before

    assert [outcome.kind for outcome in outcomes(client, security, serve)] == [OutcomeKind.ACCEPTED] * 2
