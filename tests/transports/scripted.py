"""A server that says what a test tells it to, and a client driven against it, one message or more."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import uvloop

from benchkit.model.contracts import Prefetching, Transport
from benchkit.model.identity import token_of
from benchkit.model.message import Message
from benchkit.model.outcome import Outcome
from benchkit.model.scenario import ArmSpec
from benchkit.model.trace import Trace
from tests.transports.clients import RUN_TOKEN, client_of

EHLO = b"250-scripted\r\n250-PIPELINING\r\n250 AUTH PLAIN LOGIN CRAM-MD5 XOAUTH2\r\n"


class LastWords(bytes):
    """Said, and then the connection is closed."""


class WordsAndReset(LastWords):
    """Said, and then the connection is reset, as by a server that closes with commands unread: both come at once."""


@dataclass(frozen=True, slots=True)
class Script:
    """`answer` to a command or a content; None cuts the connection, b"" says nothing."""

    answer: Callable[[bytes], bytes | None]
    banner: bytes = b"220 hi\r\n"
    ehlo: bytes = EHLO


class ScriptedServer(asyncio.Protocol):
    """Takes line by line; after a 354 all up to the dot is one."""

    def __init__(self, script: Script, heard: list[bytes]) -> None:
        self._script, self._heard = script, heard
        self._pending, self._in_content = b"", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._script.banner)

    def data_received(self, data: bytes) -> None:
        self._pending += data
        while not self._transport.is_closing():
            unit, end, rest = self._pending.partition(b".\r\n" if self._in_content else b"\r\n")
            if not end:
                return
            self._pending, self._in_content = rest, False
            self._heard.append(unit)
            reply = self._script.ehlo if unit[:4].upper() == b"EHLO" else self._script.answer(unit)
            if reply is None:
                self._transport.abort()
                return
            self._in_content = reply.startswith(b"354")
            self._transport.write(reply)
            if isinstance(reply, LastWords):
                hang_up(self._transport, reset=isinstance(reply, WordsAndReset))


def hang_up(transport: asyncio.Transport, *, reset: bool) -> None:
    """Close, or cut so that the other side hears of a reset."""
    if reset:
        connected = transport.get_extra_info("socket")
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    else:
        transport.close()


@asynccontextmanager
async def against(arm: ArmSpec, script: Script, heard: list[bytes]) -> AsyncIterator[Any]:
    """A client of such a server; `heard` fills with its commands and contents."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: ScriptedServer(script, heard), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = client_of(arm, port, password="password")
    try:
        yield client
    finally:
        await client.close(Trace())
        server.close()
        await server.wait_closed()


async def send_all(client: Transport, messages: Sequence[Message]) -> list[tuple[Outcome, int]]:
    """Each message's outcome and turns, on one connection while it lasts; what comes next is announced."""
    trace, found = Trace(), []
    prepared = [client.prepare(message) for message in messages]
    for number, one in enumerate(prepared):
        trace.begin()
        outcome = None if client.connected else await client.connect(trace)
        if outcome is None:
            if isinstance(client, Prefetching) and client.prefetches and number + 1 < len(prepared):
                client.prefetch(prepared[number + 1])
            outcome = await client.send(one, token_of(RUN_TOKEN, number), trace)
        found.append((outcome, trace.turns))
    return found


def polite(unit: bytes) -> bytes:
    """A server without objections."""
    return {b"DATA": b"354 go\r\n", b"AUTH": b"235 ok\r\n", b"QUIT": b"221 bye\r\n"}.get(
        unit[:4].upper(), b"250 ok\r\n"
    )


def by_script(arm: ArmSpec, script: Script, messages: Sequence[Message]) -> tuple[list[Outcome], list[bytes]]:
    """Each message's outcome, and what the server has heard of them all."""

    async def run() -> tuple[list[Outcome], list[bytes]]:
        heard: list[bytes] = []
        async with against(arm, script, heard) as client:
            found = [outcome for outcome, _ in await send_all(client, messages)]
        return found, heard

    return uvloop.run(run())
