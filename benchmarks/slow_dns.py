"""A DNS server in a process of its own that answers from zone files, each query after a fixed delay: a resolver far away."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import uvloop
from dns.message import QueryMessage
from dns.rdataclass import IN

from benchkit.model.dns import Answer, AnswerState, Ask
from benchkit.resolver import from_zone

QUESTION = 12  # where it begins, after the header
SOA = dns.rrset.from_text("example.", 300, IN, "SOA", "ns1.example. hostmaster.example. 1 7200 3600 1209600 300")


@contextmanager
def slow_dns(zones: Path, delay_s: float) -> Iterator[str]:
    """The address of a server of all the zone files in a folder."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(zones, delay_s, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield f"127.0.0.1:{ours.recv()}"
    finally:
        process.kill()  # it has nothing to tidy up, and may have inherited that SIGTERM is ignored
        process.join()


def _serve(zones: Path, delay_s: float, ready: Connection) -> None:
    ask = from_zone(sorted(zones.iterdir()))

    async def run() -> None:
        loop = asyncio.get_running_loop()
        server = Server(ask, delay_s)
        transport, _ = await loop.create_datagram_endpoint(lambda: server, local_addr=("127.0.0.1", 0))
        ready.send(transport.get_extra_info("sockname")[1])
        await asyncio.Event().wait()

    uvloop.run(run())


class Server(asyncio.DatagramProtocol):
    """A response is made once and kept: what is measured is the client."""

    def __init__(self, ask: Ask, delay_s: float) -> None:
        self._ask, self._delay_s = ask, delay_s
        self._responses: dict[bytes, bytes] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        task = asyncio.ensure_future(self._respond(data, addr))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _respond(self, wire: bytes, address: tuple[str, int]) -> None:
        await asyncio.sleep(self._delay_s)
        key = wire[QUESTION:]
        if key not in self._responses:
            query = cast(QueryMessage, dns.message.from_wire(wire))
            question = query.question[0]
            answer = await self._ask(question.name.to_text(), question.rdtype.name)
            self._responses[key] = _response(query, answer)[2:]
        self._transport.sendto(wire[:2] + self._responses[key], address)


def _response(query: QueryMessage, answer: Answer) -> bytes:
    response = dns.message.make_response(query, recursion_available=True)
    owner = query.question[0].name.to_text()
    for target in answer.cnames:
        response.answer.append(dns.rrset.from_text(owner, 300, IN, "CNAME", f"{target}."))
        owner = f"{target}."
    if answer.records:
        texts = [record.text for record in answer.records]
        response.answer.append(dns.rrset.from_text(owner, answer.records[0].ttl, IN, answer.type, *texts))
    else:
        response.authority.append(SOA)
        missing = answer.state is AnswerState.NXDOMAIN
        response.set_rcode(dns.rcode.NXDOMAIN if missing else dns.rcode.NOERROR)
    return response.to_wire()
