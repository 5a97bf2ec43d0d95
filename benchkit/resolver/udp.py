"""One connected UDP socket for one server, and every question to it: the kernel drops datagrams from anybody else."""

from __future__ import annotations

import asyncio
import socket

from benchkit.resolver.matching import Waiting
from benchkit.resolver.question import Question

RECEIVE_BYTES = 1 << 20  # a burst of answers must not overrun the socket


class UdpChannel(asyncio.DatagramProtocol):
    """Opened with the first question, from a port of the kernel's choice."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._waiting = Waiting()
        self._transport: asyncio.DatagramTransport | None = None
        self._opening = asyncio.Lock()

    async def exchange(self, question: Question) -> bytes:
        """The response; OSError when the server's host says that nobody is there. Waits for ever: the caller has the clock."""
        transport = self._transport or await self._open()
        with self._waiting.expect(question) as (ident, response):
            transport.sendto(question.wire(ident))
            return await response

    async def _open(self) -> asyncio.DatagramTransport:
        async with self._opening:
            if self._transport is None:
                loop = asyncio.get_running_loop()
                self._transport, _ = await loop.create_datagram_endpoint(lambda: self, remote_addr=self._address)
                opened: socket.socket = self._transport.get_extra_info("socket")
                opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
            return self._transport

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._waiting.settle(data)

    def error_received(self, exc: Exception) -> None:
        self._waiting.fail(exc if isinstance(exc, OSError) else OSError(str(exc)))

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
            self._transport = None
