"""DNS over HTTPS (RFC 8484), by POST over HTTP/1.1 on a few connections that are kept open.

A server that only speaks HTTP/2 cannot be asked by this; such a server is asked by `tls://`.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from urllib.parse import SplitResult

from benchkit.model.exchange import Response
from benchkit.protocol.response_reader import GarbledResponse, ResponseReader
from benchkit.resolver.question import Question
from benchkit.resolver.retry_budget import RetryBudget

CONNECTIONS = 16
MEDIA_TYPE = "application/dns-message"
READ_BYTES = 65_536


@dataclass(slots=True)
class HttpsConnection:
    """One request after the other."""

    incoming: asyncio.StreamReader
    outgoing: asyncio.StreamWriter
    reader: ResponseReader = field(default_factory=ResponseReader)

    async def exchange(self, request: bytes) -> Response:
        """Raises OSError; also for what is no HTTP."""
        self.reader.expect()
        self.outgoing.write(request)
        while data := await self.incoming.read(READ_BYTES):
            try:
                if response := self.reader.feed(data):
                    return response
            except GarbledResponse as error:
                raise ConnectionError(str(error)) from error
        return self.reader.end()

    def close(self) -> None:
        self.outgoing.transport.abort()
        self.reader.discard()


class HttpsServer:
    """`url` is that of the resolver, verified for its host name."""

    def __init__(self, url: SplitResult, port: int, context: ssl.SSLContext) -> None:
        self.name = f"https://{url.netloc}{url.path}"
        self._host, self._port, self._context = url.hostname or "", port, context
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        self._head = (
            f"POST {target} HTTP/1.1\r\nhost: {url.netloc}\r\nuser-agent: benchkit\r\n"
            f"accept: {MEDIA_TYPE}\r\ncontent-type: {MEDIA_TYPE}\r\ncontent-length: "
        ).encode("latin-1")
        self._idle: list[HttpsConnection] = []
        self._all: list[HttpsConnection] = []
        self._room = asyncio.Semaphore(CONNECTIONS)

    async def exchange(self, question: Question, budget: RetryBudget) -> bytes:
        wire = question.wire(0)  # the id is 0, so that equal questions are equal requests (RFC 8484 §4.1)
        budget.spend()
        async with asyncio.timeout(budget.left_s), self._room:
            response = await self._post(self._head + f"{len(wire)}\r\n\r\n".encode("ascii") + wire)
        if response.status != 200:
            raise ConnectionError(f"HTTP status {response.status}")
        return response.body if question.is_answered_by(response.body) else b""

    async def _post(self, request: bytes) -> Response:
        while self._idle:
            try:
                return await self._on(self._idle.pop(), request)
            except ConnectionError:
                continue  # it was closed while it was idle (RFC 9112 §9.3.1)
        incoming, outgoing = await asyncio.open_connection(self._host, self._port, ssl=self._context)
        connection = HttpsConnection(incoming, outgoing)
        self._all.append(connection)
        return await self._on(connection, request)

    async def _on(self, connection: HttpsConnection, request: bytes) -> Response:
        keep = False
        try:
            response = await connection.exchange(request)
            keep = connection.reader.keeps_alive
        finally:
            if keep:
                self._idle.append(connection)
            else:
                connection.close()
                self._all.remove(connection)
        return response

    def close(self) -> None:
        for connection in self._all:
            connection.close()
