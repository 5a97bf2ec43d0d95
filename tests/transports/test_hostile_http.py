"""Every HTTP client against every hostile response: an outcome in bounded time and memory, and never a false acceptance."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from time import monotonic

import pytest
import uvloop
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import StreamEnded
from h2.exceptions import ProtocolError

from benchkit.model.identity import token_of
from benchkit.model.message import Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.scenario import ArmSpec
from benchkit.model.trace import Trace
from tests.loopback_server import serving
from tests.transports.clients import RUN_TOKEN, client_of
from tests.transports.hostile_http import FINE, HTTP1, HTTP2, OK, UNTAKEN, Answer, Hostile, _fields

CLIENTS = ("httpx", "httpx2", "aiohttp", "wire")
TIMEOUT_S = 0.4
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


async def send(arm: ArmSpec, port: int, messages: list[Message], pause_s: float = 0.0) -> list[Outcome]:
    one, trace, found = client_of(arm, port), Trace(), []
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
    assert took_s < 6.0


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
    assert took_s < 3.0


def http2_outcome(answer: Answer, arm: ArmSpec, message: Message) -> Outcome:
    async def serve(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        config = H2Configuration(client_side=False, validate_outbound_headers=False, normalize_outbound_headers=False)
        server = H2Connection(config)
        server.initiate_connection()
        outgoing.write(server.data_to_send())
        while data := await incoming.read(65_536):
            try:
                events = server.receive_data(data)
            except ProtocolError:
                return
            said = [answer(server, e.stream_id) for e in events if isinstance(e, StreamEnded) and e.stream_id]
            outgoing.write(server.data_to_send() + b"".join(filter(None, said)))
            await outgoing.drain()

    async def run() -> Outcome:
        async with serving(serve) as port:
            (outcome,) = await send(arm, port, [message])
            return outcome

    return uvloop.run(run())


@pytest.mark.parametrize("name", HTTP2)
def test_a_hostile_http2_response_ends_in_time_and_is_no_acceptance(
    name: str, make_arm: MakeArm, compose_message: Compose
) -> None:
    arm = make_arm("api none", client="httpx2h2", timeout_s=TIMEOUT_S)
    started = monotonic()
    outcome = http2_outcome(HTTP2[name], arm, compose_message())
    assert outcome.kind in UNTAKEN, outcome
    assert monotonic() - started < 6.0


@pytest.mark.parametrize("apart", [False, True])
def test_a_graceful_goaway_and_then_the_response_is_an_acceptance(
    apart: bool, make_arm: MakeArm, compose_message: Compose
) -> None:
    """In one segment, or one after the other (RFC 9113 §6.8)."""
    right = _fields((b":status", b"200"))

    async def serve(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        server = H2Connection(H2Configuration(client_side=False))
        server.initiate_connection()
        outgoing.write(server.data_to_send())
        while data := await incoming.read(65_536):
            for event in server.receive_data(data):
                if isinstance(event, StreamEnded) and event.stream_id:
                    last = event.stream_id.to_bytes(4, "big")
                    outgoing.write((8).to_bytes(3, "big") + b"\x07\x00" + bytes(4) + last + bytes(4))
                    if apart:
                        await outgoing.drain()
                        await asyncio.sleep(0.05)
                    right(server, event.stream_id)
            outgoing.write(server.data_to_send())

    async def run() -> list[Outcome]:
        async with serving(serve) as port:
            arm = make_arm("api none", client="httpx2h2", timeout_s=2.0)
            return await send(arm, port, [compose_message()] * 2)

    assert [outcome.kind for outcome in uvloop.run(run())] == [OutcomeKind.ACCEPTED] * 2


_ENDLESS = """
import asyncio, json, sys
import uvloop
from benchkit.model.identity import token_of
from benchkit.model.trace import Trace
from tests.loopback_server import serving
from tests.transports.clients import RUN_TOKEN, client_of
from tests.transports.conftest import arm_of, message
from tests.transports.hostile_smtp import peak_mb
from tests.transports.test_hostile_http import request_of

kind, client = sys.argv[1:]
HEAD = {"body": b"HTTP/1.1 200 OK\\r\\n\\r\\n", "head": b"HTTP/1.1 200 OK\\r\\nx: ", "heads": b"HTTP/1.1 200 OK\\r\\n",
        "interim": b""}[kind]
PIECE = {"body": b"a" * 65536, "head": b"a" * 65536, "heads": b"x: y\\r\\n" * 8000,
         "interim": b"HTTP/1.1 100 Continue\\r\\n\\r\\n" * 2000}[kind]

async def talk(incoming, outgoing):
    await request_of(incoming)
    outgoing.write(HEAD)
    while True:
        outgoing.write(PIECE)
        await outgoing.drain()

async def run():
    async with serving(talk) as port:
        one, trace = client_of(arm_of("api none", client=client, timeout_s=1.0), port), Trace()
        trace.begin()
        await one.connect(trace)
        prepared, before = one.prepare(message()), peak_mb()
        outcome = await one.send(prepared, token_of(RUN_TOKEN, 0), trace)
        await one.close(Trace())
        print(json.dumps([outcome.kind.label, peak_mb() - before]))

uvloop.run(run())
"""


@pytest.mark.parametrize("kind", ["body", "head", "heads", "interim"])
@pytest.mark.parametrize("client", CLIENTS)
def test_an_endless_response_takes_little_memory(client: str, kind: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _ENDLESS, kind, client], capture_output=True, text=True, check=True, timeout=60
    )
    outcome, grown_mb = json.loads(done.stdout)
    assert outcome in ("garbled", "ambiguous")
    assert grown_mb < 100
