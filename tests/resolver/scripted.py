"""A DNS server on loopback, UDP and TCP on one port: it says what a script tells it, and writes down what it was asked."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import dns.edns
import dns.flags
import dns.message
import dns.rcode
import dns.rrset
from dns.message import QueryMessage

from benchkit.model.clock import Clock
from benchkit.model.dns import Answer, Ask
from benchkit.resolver import Timeouts, open_live

Script = Callable[[QueryMessage, str], Iterable[bytes]]  # query, "udp" or "tcp" → the datagrams or frames to send back
T = TypeVar("T")
CALM = Timeouts(tries_s=(5.0, 5.0), whole_s=10.0)  # for servers that answer: a busy machine must not fail a test
HASTE = Timeouts(tries_s=(0.1, 0.1, 0.1), whole_s=0.5)  # for servers that do not


def reply(
    query: QueryMessage,
    *answers: str,
    authority: Sequence[str] = (),
    rcode: str = "NOERROR",
    flags: int = dns.flags.RA,
    ede: Sequence[dns.edns.EDEOption] = (),
) -> bytes:
    """A response with records written as in a zone file: `www.a.example. 300 IN A 192.0.2.1`."""
    response = dns.message.make_response(query, recursion_available=False)
    response.flags |= flags
    response.set_rcode(dns.rcode.from_text(rcode))
    response.answer.extend(_rrsets(answers))
    response.authority.extend(_rrsets(authority))
    if ede:
        response.use_edns(0, options=list(ede))
    return response.to_wire(max_size=65_535)


def _rrsets(lines: Sequence[str]) -> list[dns.rrset.RRset]:
    return [dns.rrset.from_text(name, int(ttl), *rest) for name, ttl, *rest in (line.split(None, 4) for line in lines)]


@dataclass
class ScriptedServer:
    """`asked` holds (transport, name, type) in order."""

    script: Script
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    address: str = ""

    def respond(self, wire: bytes, transport: str) -> Iterable[bytes]:
        query = dns.message.from_wire(wire)
        assert isinstance(query, QueryMessage)
        question = query.question[0]
        self.asked.append((transport, question.name.to_text(True), question.rdtype.name))
        return self.script(query, transport)


class Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: ScriptedServer) -> None:
        self._server = server

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        for response in self._server.respond(data, "udp"):
            self._transport.sendto(response, addr)


@asynccontextmanager
async def scripted(script: Script) -> AsyncIterator[ScriptedServer]:
    server = ScriptedServer(script)

    async def frames(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while length := await reader.readexactly(2):
                for response in server.respond(await reader.readexactly(int.from_bytes(length, "big")), "tcp"):
                    writer.write(len(response).to_bytes(2, "big") + response)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    udp, tcp = _one_port()
    loop = asyncio.get_running_loop()
    datagrams, _ = await loop.create_datagram_endpoint(lambda: Datagrams(server), sock=udp)
    streams = await asyncio.start_server(frames, sock=tcp)
    server.address = "{}:{}".format(*udp.getsockname())
    try:
        yield server
    finally:
        datagrams.close()
        streams.close()
        await asyncio.sleep(0)


@contextmanager
def in_background(script: Script) -> Iterator[ScriptedServer]:
    """In a thread of its own, for programs that bring their own event loop."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    serving = scripted(script)
    try:
        yield asyncio.run_coroutine_threadsafe(serving.__aenter__(), loop).result(10)
    finally:
        asyncio.run_coroutine_threadsafe(serving.__aexit__(None, None, None), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _one_port() -> tuple[socket.socket, socket.socket]:
    """A UDP and a TCP socket on the same port, as the kernel has one free for both."""
    while True:
        tcp = socket.create_server(("127.0.0.1", 0))
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            udp.bind(tcp.getsockname())
        except OSError:
            tcp.close()
            udp.close()
        else:
            return udp, tcp


def asking(
    *scripts: Script,
    ask: Callable[[Ask], Awaitable[T]],
    timeouts: Timeouts = CALM,
    clock: Clock | None = None,
) -> tuple[T, list[ScriptedServer]]:
    """Runs `ask` against one server for each script; what it returned, and the servers."""

    async def run() -> tuple[T, list[ScriptedServer]]:
        async with asyncio.timeout(20), _all(scripts) as servers:
            addresses = [server.address for server in servers]
            async with open_live(addresses, timeouts=timeouts, clock=clock) as live:
                return await ask(live), servers

    return asyncio.run(run())


@asynccontextmanager
async def _all(scripts: Sequence[Script]) -> AsyncIterator[list[ScriptedServer]]:
    if not scripts:
        yield []
        return
    async with scripted(scripts[0]) as first, _all(scripts[1:]) as rest:
        yield [first, *rest]


def saying(*answers: str, **how: object) -> Script:
    return lambda query, transport: [reply(query, *answers, **how)]  # type: ignore[arg-type]


def silent(query: QueryMessage, transport: str) -> Iterable[bytes]:
    return ()


def one(name: str = "www.a.example", kind: str = "A") -> Callable[[Ask], asyncio.Future[Answer]]:
    async def ask(live: Ask) -> Answer:
        return await live(name, kind)

    return lambda live: asyncio.ensure_future(ask(live))
