"""One HTTP/1.1 connection as an asyncio protocol: a request goes out in one write, its response is stamped as it comes in.

Every failure is an exception out of `exchange`, and `request_left` says whether the server may have it all by then. Over TLS
that is said as soon as the request is encrypted: a large one may still stand in our own buffer, and counts as left.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import cast

from benchkit.model.exchange import Response
from benchkit.model.trace import Phase, Trace
from benchkit.protocol.response_reader import GarbledResponse, ResponseReader
from benchkit.protocol.turns import TurnCounter


class HttpStream(asyncio.Protocol):
    """`ready` for a request while the server keeps the connection open and has said nothing that nobody asked for."""

    _transport: asyncio.Transport

    def __init__(self, counter: TurnCounter) -> None:
        self.request_left = True  # there is none on its way
        self.ready = False
        self._counter = counter
        self._reader = ResponseReader()
        self._trace = Trace()
        self._paused = False
        self._responding = False
        self._answer: asyncio.Future[Response] | None = None
        self._lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @classmethod
    async def open(
        cls, sock: socket.socket, tls: ssl.SSLContext | None, server_name: str, counter: TurnCounter
    ) -> HttpStream:
        """On a connected socket, which is the stream's from now on. Raises OSError, of which ssl.SSLError is one."""
        loop = asyncio.get_running_loop()
        hostname = server_name if tls is not None else None
        try:
            made = await loop.create_connection(lambda: cls(counter), sock=sock, ssl=tls, server_hostname=hostname)
        except BaseException:
            sock.close()
            raise
        return made[1]

    async def exchange(self, request: bytes, trace: Trace, timeout_s: float) -> Response:
        """Raises OSError (TimeoutError when the time is up) and GarbledResponse: the stream is spent after either."""
        if not self.ready:
            raise ConnectionResetError("the connection is closed")
        loop = asyncio.get_running_loop()
        self._trace = trace
        self._responding = self.request_left = False
        self._reader.expect()
        self._answer = loop.create_future()
        deadline = loop.call_later(timeout_s, self._time_out)
        try:
            self._write(request)
            return await self._answer
        except BaseException:
            self.abort()
            raise
        finally:
            deadline.cancel()

    def abort(self) -> None:
        self.ready = False
        self._transport.abort()

    async def close(self) -> None:
        """Our good-bye goes out (FIN, over TLS a close_notify before it); the server's is not waited for."""
        self._transport.close()
        self.abort()
        await self._lost

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(
            1
        )  # a write goes to the kernel at once, and we hear when all of it has gone
        session: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
        if session is not None:
            self._counter.secured(session.version() or "", bool(session.session_reused))
        self.ready = True

    def data_received(self, data: bytes) -> None:
        self._counter.read(len(data))
        if self._answer is None or self._answer.done():  # nobody has asked: whatever it is, it ends the conversation
            self.ready = False
            return
        if not self._responding:
            self._responding = True
            self._trace.mark(Phase.RESPONSE)
        try:
            self._reader.feed(data)
        except GarbledResponse as error:
            self._fail(error)
            return
        if self._reader.response is not None:
            self.ready = self._reader.keeps_alive and self.request_left
            self._answer.set_result(self._reader.response)

    def eof_received(self) -> None:
        self.ready = False

    def connection_lost(self, exc: Exception | None) -> None:
        self.ready = False
        if self._answer is not None and not self._answer.done():
            if exc is None and self._reader.end() and self._reader.response is not None:
                self._answer.set_result(self._reader.response)
            else:
                self._fail(exc or ConnectionResetError("the server closed the connection without a whole response"))
        self._reader.discard()
        self._lost.set_result(None)

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        self._request_is_out()

    def _write(self, request: bytes) -> None:
        self._trace.mark(Phase.REQUEST)
        self._counter.wrote(len(request))
        self._transport.write(request)
        if not self._paused and not self._transport.is_closing():
            self._request_is_out()

    def _request_is_out(self) -> None:
        if self.request_left:
            return
        self.request_left = True
        if not self._responding:
            self._trace.mark(Phase.WAIT)

    def _time_out(self) -> None:
        self._fail(TimeoutError("no whole response in time"))

    def _fail(self, error: Exception) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)
