"""A DNS server over UDP that answers from zone files (RFC 1035), for real software that must ask somewhere.

A name that no zone holds is answered with NOERROR and no records, or NXDOMAIN, as the zones say; it is never asked elsewhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rrset
from dns.message import QueryMessage
from dns.rdataclass import IN

from benchkit.model.dns import Answer, AnswerState, Ask
from benchkit.resolver.zone import from_zone

_QUESTION = 12  # where it begins, after the header
_SOA = dns.rrset.from_text("example.", 300, IN, "SOA", "ns1.example. hostmaster.example. 1 7200 3600 1209600 300")


class ZoneServer(asyncio.DatagramProtocol):
    """Answers each question after `delay_s`. A response is made once and kept."""

    def __init__(self, ask: Ask, delay_s: float = 0.0) -> None:
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
        key = wire[_QUESTION:]
        if key not in self._responses:
            try:
                query = cast(QueryMessage, dns.message.from_wire(wire))
            except dns.exception.DNSException:
                return  # no query: nothing to answer
            question = query.question[0]
            answer = await self._ask(question.name.to_text(), question.rdtype.name)
            self._responses[key] = _response(query, answer)[2:]
        self._transport.sendto(wire[:2] + self._responses[key], address)


async def serve_zones(zones: Sequence[Path], host: str) -> int:
    """The port; it serves as long as the event loop runs. Raises InputError for a zone that cannot be read."""
    ask = from_zone(zones)
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: ZoneServer(ask), local_addr=(host, 0)
    )
    port: int = transport.get_extra_info("sockname")[1]
    return port


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
        response.authority.append(_SOA)
        missing = answer.state is AnswerState.NXDOMAIN
        response.set_rcode(dns.rcode.NXDOMAIN if missing else dns.rcode.NOERROR)
    return response.to_wire()
