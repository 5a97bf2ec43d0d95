"""The lean HTTP client: the same turns and outcomes as any other, from one write a request, whatever the server does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
import uvloop
from hypothesis import given
from hypothesis import strategies as st

from benchkit.model.exchange import Request
from benchkit.model.identity import token_of
from benchkit.model.message import Message
from benchkit.model.outcome import OutcomeKind
from benchkit.model.scenario import ArmSpec
from benchkit.model.trace import Phase, Trace
from benchkit.protocol.response_reader import GarbledResponse, ResponseReader
from benchkit.sink.certificate import ServerCertificate
from benchkit.transports.api_wire import request_head
from tests.loopback_server import serving
from tests.transports.clients import IMPATIENT_S, PATIENT_S, RUN_TOKEN, client_of
from tests.transports.slow_reader import SlowReader

Make = Callable[..., Message]
Kind = OutcomeKind
LARGE = "A line of text that is sent often enough to fill every buffer there is.\n" * 150_000


@pytest.mark.parametrize(("way", "turns"), [("api none", 2), ("api implicit", 3)])
def test_a_new_connection_each(way: str, turns: int, talk: Any, compose_message: Make) -> None:
    found = talk(way, [compose_message()] * 3, fresh=True, client="wire")
    assert [one.outcome.kind for one in found.sent] == [Kind.ACCEPTED] * 3
    assert [one.turns for one in found.sent] == [turns] * 3
    assert [arrival.send for arrival in found.ledger.arrivals] == [0, 1, 2]


@pytest.mark.parametrize("way", ["api none", "api implicit"])
def test_an_open_connection(way: str, talk: Any, compose_message: Make) -> None:
    found = talk(way, [compose_message()] * 4, fresh=False, client="wire")
    assert [one.turns for one in found.sent] == [1] * 4
    assert [one.phases for one in found.sent] == [(Phase.REQUEST, Phase.WAIT, Phase.RESPONSE)] * 4
    assert found.transcript.bursts(0) == 4


@pytest.mark.parametrize("client", ["wire", "aiohttp", "httpx", "httpx2"])
@pytest.mark.parametrize("way", ["api none", "api implicit"])
def test_the_wait_begins_when_the_last_byte_has_left(
    way: str, client: str, make_arm: Callable[..., ArmSpec], compose_message: Make
) -> None:
    """A server that reads nothing at first: the request, larger than all buffers, cannot have left before it does."""

    async def run() -> tuple[Trace, int]:
        slow = SlowReader(ServerCertificate() if way.endswith("implicit") else None)
        async with slow as (port, ca_pem):
            arm = make_arm(way, client=client)
            one = client_of(arm, port, ca_pem)
            trace = Trace()
            assert await one.connect(trace) is None
            trace.begin()
            prepared = one.prepare(compose_message(text=LARGE))
            sending = asyncio.create_task(one.send(prepared, token_of(RUN_TOKEN, 0), trace))
            for _ in range(100):
                await asyncio.sleep(0)  # all that fits into buffers is written by now
            slow.read_on.set()
            assert (await sending).kind is Kind.ACCEPTED
            await one.close(Trace())
        return trace, slow.began_ns

    trace, began_ns = uvloop.run(run())
    assert trace.phases == [Phase.REQUEST, Phase.WAIT, Phase.RESPONSE]
    assert trace.edges[1] > began_ns


# What a server says to the request, and what the client makes of it.
SAID = [
    (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" + b'{"id":"x"}', Kind.ACCEPTED, True),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n" + b'{"id\r\n6\r\n":"x"}\r\n0\r\n\r\n', Kind.ACCEPTED, True),
    (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" + b'{"id":"x"}', Kind.ACCEPTED, True),
    (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 10\r\n\r\n" + b'{"id":"x"}', Kind.ACCEPTED, False),
    (b"HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\n" + b'{"id":"x"}', Kind.ACCEPTED, False),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" + b'{"id":"x"}HTTP/1.1 2', Kind.ACCEPTED, False),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 200010\r\n\r\n" + b" " * 200_000 + b'{"id":"x"}', Kind.ACCEPTED, True),
    (b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n", Kind.GARBLED, False),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n" + b" " * 2_000_000, Kind.GARBLED, False),
    (b"HTTP/1.1 099 What\r\nContent-Length: 0\r\n\r\n", Kind.GARBLED, True),
    (b"220 mail.example ESMTP\r\n", Kind.GARBLED, False),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}", Kind.AMBIGUOUS, False),
    (b"HTTP/1.1 100 Continue\r\n\r\n", Kind.AMBIGUOUS, False),
    (b"", Kind.AMBIGUOUS, False),
]  # fmt: skip


@pytest.mark.parametrize(("said", "kind", "goes_on"), SAID, ids=range(len(SAID)))
def test_what_the_server_says(said: bytes, kind: Kind, goes_on: bool, make_arm: Any, compose_message: Make) -> None:
    timeout_s = IMPATIENT_S if kind is Kind.AMBIGUOUS else PATIENT_S
    arm = make_arm("api none", client="wire", timeout_s=timeout_s)
    assert uvloop.run(answered(said, arm, compose_message())) == (kind, goes_on)


@pytest.mark.parametrize(
    ("said", "kind"),
    [(b'HTTP/1.1 200 OK\r\n\r\n{"id":"x"}', Kind.ACCEPTED), (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", Kind.AMBIGUOUS)],
)  # fmt: skip
def test_the_end_of_the_connection_ends_only_a_response_without_a_length(
    said: bytes, kind: Kind, make_arm: Any, compose_message: Make
) -> None:
    found = uvloop.run(answered(said, make_arm("api none", client="wire"), compose_message(), then_close=True))
    assert found == (kind, False)


async def answered(said: bytes, arm: ArmSpec, message: Message, *, then_close: bool = False) -> tuple[Kind, bool]:
    """The outcome, and whether the connection may be used again."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        if not then_close:
            await reader.read()
        writer.close()
        await writer.wait_closed()

    async with serving(answer) as port:
        client, trace = client_of(arm, port), Trace()
        assert await client.connect(trace) is None
        outcome = await client.send(client.prepare(message), token_of(RUN_TOKEN, 0), trace)
        goes_on = client.connected
        await client.close(trace)
    return outcome.kind, goes_on


def test_the_head_is_the_providers_and_names_the_host() -> None:
    request = Request("POST", "/v3/a b/messages", (("authorization", "Basic x"),), b"body")
    assert request_head(request, "localhost:8080").split(b"\r\n") == [
        b"POST /v3/a%20b/messages HTTP/1.1",
        b"host: localhost:8080",
        b"user-agent: benchkit",
        b"accept: */*",
        b"accept-encoding: identity",
        b"authorization: Basic x",
        b"content-length: 4",
        b"",
        b"",
    ]


def test_no_header_can_hold_another() -> None:
    with pytest.raises(ValueError, match="line break"):
        request_head(Request("POST", "/", (("x", "a\r\nb: c"),), b""), "localhost")


@given(st.lists(st.integers(0, 150)), st.sampled_from([said for said, kind, _ in SAID if kind is Kind.ACCEPTED][:6]))
def test_any_split_of_the_bytes_gives_the_same_response(cuts: list[int], said: bytes) -> None:
    whole, split = ResponseReader(), ResponseReader()
    expected, found = whole.feed(said), None
    edges = [0, *sorted(min(cut, len(said)) for cut in cuts), len(said)]
    for start, end in pairwise(edges):
        found = split.feed(said[start:end])
    assert found == expected
    assert split.keeps_alive == whole.keeps_alive


@given(st.binary(max_size=200))
def test_any_bytes_are_a_response_or_garbled(said: bytes) -> None:
    reader = ResponseReader()
    with suppress(GarbledResponse, ConnectionResetError):
        reader.feed(b"HTTP/1.1 200 OK\r\n" + said)
        reader.end()
