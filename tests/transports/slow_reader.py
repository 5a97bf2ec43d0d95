"""An HTTP server that reads no more than a request's head before it is told to, and answers once it has all of it."""

from __future__ import annotations

import asyncio
import socket
import ssl
from time import perf_counter_ns
from types import TracebackType

from benchkit.sink.certificate import ServerCertificate

ANSWER = b'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"id":"x"}'


class SlowReader:
    """As a context: the port, and the certificate to trust. `read_on` tells it to; `began_ns` is when it did."""

    def __init__(self, certificate: ServerCertificate | None) -> None:
        self.read_on = asyncio.Event()
        self.began_ns = 0
        self._certificate = certificate

    async def __aenter__(self) -> tuple[int, str]:
        tls: ssl.SSLContext | None = None if self._certificate is None else self._certificate.context()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=4096, ssl=tls)
        listening = self._server.sockets[0]
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        return listening.getsockname()[1], "" if self._certificate is None else self._certificate.ca_pem

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        await self.read_on.wait()
        self.began_ns = perf_counter_ns()
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        await reader.readexactly(int(lengths[0].partition(b":")[2]))
        writer.write(ANSWER)
        await reader.read()
        writer.transport.abort()
