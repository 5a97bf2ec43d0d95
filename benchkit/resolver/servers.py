"""One DNS server by its transport: plain (UDP, with TCP for what does not fit) or TLS. HTTPS is in https.py."""

from __future__ import annotations

import ssl
from dataclasses import replace
from typing import Protocol

from benchkit.resolver.question import Question, dislikes_edns, is_empty, is_truncated
from benchkit.resolver.retry_budget import RetryBudget
from benchkit.resolver.stream import StreamChannel
from benchkit.resolver.udp import UdpChannel


class DnsServer(Protocol):
    """`name` is what an Answer tells of it; `exchange` gives a response or raises OSError, TimeoutError among them."""

    @property
    def name(self) -> str: ...

    async def exchange(self, question: Question, budget: RetryBudget) -> bytes: ...

    def close(self) -> None: ...


class PlainServer:
    """UDP; TCP when the answer is truncated; without EDNS for a server that does not know it.

    A truncated answer says that there is more. Where TCP then brings nothing, and no proof that there is nothing, the
    truncated answer is handed on, which says nothing about the zone.
    """

    def __init__(self, host: str, port: int) -> None:
        self.name = _host_and_port(host, port)
        self._udp, self._tcp = UdpChannel(host, port), StreamChannel(host, port)

    async def exchange(self, question: Question, budget: RetryBudget) -> bytes:
        budget.spend()
        wire = await self._udp.exchange(question, budget.left_s)
        if is_truncated(wire):
            budget.spend()
            whole = await self._tcp.exchange(question, budget.left_s)
            wire = wire if is_empty(whole) else whole
        if question.edns and dislikes_edns(wire):
            return await self.exchange(replace(question, edns=False), budget)
        return wire

    def close(self) -> None:
        self._udp.close()
        self._tcp.close()


class TlsServer:
    """DNS over TLS (RFC 7858): one connection, verified for `host`, or for `name` where the host is an address."""

    def __init__(self, host: str, port: int, name: str, context: ssl.SSLContext) -> None:
        self.name = f"tls://{_host_and_port(host, port)}"
        self._stream = StreamChannel(host, port, tls=context, name=name or host)

    async def exchange(self, question: Question, budget: RetryBudget) -> bytes:
        budget.spend()
        return await self._stream.exchange(question, budget.left_s)

    def close(self) -> None:
        self._stream.close()


def _host_and_port(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
