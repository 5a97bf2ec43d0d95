"""One TCP or TLS connection for one server, with many questions on it and answers in any order (RFC 7766, RFC 7858)."""

from __future__ import annotations

import asyncio
import ssl

from benchkit.resolver.matching import PendingQuestions
from benchkit.resolver.question import Question

LENGTH_BYTES = 2


class StreamChannel(asyncio.Protocol):
    """Connects with the first question, and again when the server has closed."""

    def __init__(self, host: str, port: int, *, tls: ssl.SSLContext | None = None, name: str | None = None) -> None:
        self._address = (host, port)
        self._tls, self._name = tls, name
        self._waiting = PendingQuestions()
        self._transport: asyncio.Transport | None = None
        self._connecting = asyncio.Lock()
        self._received = bytearray()

    async def exchange(self, question: Question, wait_s: float) -> bytes:
        """The response; TimeoutError, or OSError without a connection. One that closed while idle is opened again once."""
        reused = self._transport is not None
        async with asyncio.timeout(wait_s):  # connecting included
            try:
                return await self._exchange(question, wait_s)
            except ConnectionError:
                if not reused:
                    raise
                return await self._exchange(question, wait_s)

    async def _exchange(self, question: Question, wait_s: float) -> bytes:
        transport = self._transport or await self._connect()
        return await self._waiting.exchange(question, lambda wire: transport.write(_frame(wire)), wait_s)

    async def _connect(self) -> asyncio.Transport:
        async with self._connecting:
            if self._transport is None:
                self._received.clear()
                self._transport, _ = await asyncio.get_running_loop().create_connection(
                    lambda: self, *self._address, ssl=self._tls, server_hostname=self._name if self._tls else None
                )
            return self._transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while len(self._received) >= LENGTH_BYTES:
            end = LENGTH_BYTES + int.from_bytes(self._received[:LENGTH_BYTES], "big")
            if len(self._received) < end:
                return
            self._waiting.settle(bytes(self._received[LENGTH_BYTES:end]))
            del self._received[:end]

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._waiting.fail(ConnectionResetError("the server closed the connection"))

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()
            self._transport = None


def _frame(wire: bytes) -> bytes:
    return len(wire).to_bytes(LENGTH_BYTES, "big") + wire
