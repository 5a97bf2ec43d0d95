"""aiohttp with a meter and a watch: a connector whose connections count, time and check all bytes below the library.

As with httpcore, `open` makes the connection in an explicit step and the library's own connect takes it over. A connection
that the library opens itself is timed and counted in the same way.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterable
from typing import Any, cast

import aiohttp
from aiohttp.client_proto import ResponseHandler

from benchkit.model.endpoint import Endpoint
from benchkit.model.exchange import Response
from benchkit.model.trace import Phase, Trace
from benchkit.protocol.response_reader import GarbledResponse
from benchkit.transports.connection import (
    ConnectionMeter,
    open_socket,
    request_written,
    response_read,
    unread_bytes,
)
from benchkit.transports.response_watch import Http1Watch

_TURNS_TO_READ = 10  # of the loop: one is enough where the library has not stopped reading
_KEEPALIVE_S = 3600.0  # the library's 15 s would hide a reconnect in the message after a pause


class MeteredConnector(aiohttp.BaseConnector):
    """One connection of one virtual sender; `trace` is where the stamps go. Raises OSError where there is no connection."""

    def __init__(self, endpoint: Endpoint, tls: ssl.SSLContext | None, trace: Trace) -> None:
        super().__init__(limit=1, keepalive_timeout=_KEEPALIVE_S)
        self.trace = trace
        self.meter = ConnectionMeter()
        self._endpoint = endpoint
        self._tls = tls
        self._opened_stream: _MeteredProtocol | None = None
        self._protocol: _MeteredProtocol | None = None

    @property
    def connected(self) -> bool:
        protocol = self._protocol
        return (
            protocol is not None and protocol.is_connected() and not (protocol.should_close or protocol.watch.unusable)
        )

    def confirm_response(self, status: int, body: bytes) -> Response:
        """The response on the wire. Raises GarbledResponse if the library reports another one."""
        assert self._protocol is not None
        return self._protocol.watch.confirm_response(status, body, ended=self._protocol.is_closed)

    def cause_of(self, error: Exception) -> Exception:
        """The cause of the library's error."""
        return (self._protocol.garbled if self._protocol is not None else None) or error

    async def read_pending(self) -> None:
        """Reads what has arrived before the request is written: these bytes cannot be its response."""
        protocol = self._protocol
        for _ in range(_TURNS_TO_READ):
            if protocol is None or not protocol.is_connected() or not protocol.unread:
                return
            await asyncio.sleep(0)

    async def open(self) -> None:
        """Connects now; the library's next connect takes this connection."""
        async with asyncio.timeout(self._endpoint.arm.timeout_s):
            self._opened_stream = await self._connect()

    async def cut(self) -> None:
        """Sends close_notify without waiting for the server's, so closing the connector does not wait either."""
        if self._protocol is not None:
            await self._protocol.cut()

    async def _create_connection(self, req: object, traces: object, timeout: object) -> ResponseHandler:  # noqa: ASYNC109
        standing, self._opened_stream = self._opened_stream, None
        return standing if standing is not None else await self._connect()

    async def _connect(self) -> _MeteredProtocol:
        self.trace.mark(Phase.CONNECT)
        sock = await open_socket(self._endpoint)
        self.meter.over(sock, self.trace)
        if self._tls is not None:
            self.trace.mark(Phase.TLS)
        loop = asyncio.get_running_loop()
        try:
            _, self._protocol = await loop.create_connection(
                lambda: _MeteredProtocol(loop, self, sock),
                sock=sock,
                ssl=self._tls,
                server_hostname=self._endpoint.server_name if self._tls is not None else None,
            )
        except BaseException:
            sock.close()
            raise
        return self._protocol


class _MeteredProtocol(ResponseHandler):
    """aiohttp's protocol class: it reads through the meter and writes to a metered transport."""

    def __init__(self, loop: asyncio.AbstractEventLoop, connector: MeteredConnector, sock: socket.socket) -> None:
        super().__init__(loop)
        self._connector = connector
        self._socket = sock
        self._connection_closed = loop.create_future()
        self.watch = Http1Watch()
        self.garbled: GarbledResponse | None = None  # the library may tell of the end that follows it

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        session: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
        if session is not None:
            self._connector.meter.secured(session.version() or "", bool(session.session_reused))
        self._below = cast(asyncio.Transport, transport)
        super().connection_made(cast(asyncio.Transport, _MeteredTransport(self._below, self._connector, self.watch)))

    def data_received(self, data: bytes) -> None:
        if data:  # the library calls this itself, with nothing, to go on parsing
            self._connector.meter.read(len(data))
            response_read(self._connector.trace)
            try:
                self.watch.received(data)
            except GarbledResponse as error:
                self.garbled = error
                self.set_exception(error)
                self._below.abort()
                return
        super().data_received(data)

    def resume_writing(self) -> None:
        """Nearly all of a large request is in the kernel now: the transport holds at most its low-water mark, 16 KiB."""
        request_written(self._connector.trace)
        super().resume_writing()

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(exc)
        self._connection_closed.set_result(None)

    @property
    def unread(self) -> int:
        return unread_bytes(self._socket)

    @property
    def is_closed(self) -> bool:
        return self._connection_closed.done()

    async def cut(self) -> None:
        self.watch.discard()
        self._below.close()
        self._below.abort()
        await self._connection_closed


class _MeteredTransport:
    """A transport that counts and times what is written."""

    def __init__(self, inner: asyncio.Transport, connector: MeteredConnector, watch: Http1Watch) -> None:
        self._inner = inner
        self._connector = connector
        self._watch = watch

    def write(self, data: bytes) -> None:
        self._watch.request_written()
        self._connector.meter.wrote(len(data))
        self._inner.write(data)
        request_written(self._connector.trace)

    def writelines(self, parts: Iterable[bytes]) -> None:
        self.write(b"".join(parts))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)
