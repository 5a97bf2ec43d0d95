"""httpcore's network backend with a meter and a watch: each connect, handshake, write and read is stamped, counted and judged.

It also lets a connection be opened as an explicit step before the request: `open` makes it, and the pool's own connect takes
it over. Whatever the pool opens by itself (for example after the server closed an idle connection) is stamped and counted in
the same way: no round trip is hidden. httpcore and httpcore2 ask the same of a backend and of a stream: these serve both.

anyio reads a socket only while a reader waits, so that a response which came too early would be read after the request, as if
it answered it. `OrderedStream` tells what had come before a request began: bytes that cannot be its response (RFC 9112 §9.2).
Under TLS the bytes are counted below the encryption, where session tickets come early and rightly.
"""

# ruff: noqa: ASYNC109 (the signatures are httpcore's)
from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from anyio.abc import SocketStream

from benchkit.model.endpoint import Endpoint
from benchkit.model.exchange import Response
from benchkit.model.trace import Phase, Trace
from benchkit.protocol.http2_frames import requesting_stream
from benchkit.protocol.response_reader import EARLY, GarbledResponse
from benchkit.transports.connection import (
    ConnectionMeter,
    is_established,
    open_socket,
    request_written,
    response_read,
    unread_bytes,
)
from benchkit.transports.response_watch import Http1Watch, Http2Watch, ResponseWatch

_CHUNK = 65_536


class OrderedStream:
    """The part of anyio's SocketStream that httpcore and anyio's TLS use.

    `early`: everything read since the request began had arrived before the request.
    """

    __slots__ = ("_inner", "_waiting", "aclose", "early", "extra", "send", "socket")

    def __init__(self, inner: SocketStream, socket: Any) -> None:
        self._inner = inner
        self.socket = socket
        self._waiting = 0
        self.early = False
        self.send, self.aclose, self.extra = inner.send, inner.aclose, inner.extra

    @property
    def extra_attributes(self) -> Mapping[Any, Callable[[], Any]]:
        return self._inner.extra_attributes

    def begin_request(self) -> int:
        """The request is written now. Gives how many received bytes are still unread."""
        queue: Any = self._inner._protocol.read_queue  # type: ignore[attr-defined]  # anyio has no public way to ask
        self._waiting = unread_bytes(self.socket) + sum(map(len, queue))
        self.early = True
        return self._waiting

    async def receive(self, max_bytes: int = _CHUNK) -> bytes:
        if not self._waiting:
            self.early = False
            return await self._inner.receive(max_bytes)
        data = await self._inner.receive(min(max_bytes, self._waiting))
        self._waiting -= len(data)
        return data


class MeteredStream:
    """A stream that records the phase edges of a request. `below` is the stream under it, also with TLS."""

    def __init__(self, inner: Any, below: OrderedStream, backend: MeteredBackend, *, secured: bool) -> None:
        self._inner = inner
        self._below = below
        self._backend = backend
        self._meter = backend.meter
        self._watch = backend.watch
        self._silent = not (secured or backend.http2)  # the server has nothing to say before a request
        self.socket = below.socket

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while True:
            data: bytes = await self._inner.read(max_bytes, timeout)
            if not data:
                self._backend.ended = True
                return data
            response_read(self._backend.trace)
            self._meter.read(len(data))
            if passed := self._watch.received(data, early=self._below.early):
                return passed

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        stream = requesting_stream(buffer) if self._backend.http2 else 1
        if stream:
            self._write_request(stream)
        self._meter.wrote(len(buffer), bool(stream))
        await self._inner.write(buffer, timeout)
        if stream:
            request_written(self._backend.trace)

    def _write_request(self, stream: int) -> None:
        """A part of the request is written. Raises GarbledResponse if the server has already answered."""
        if not self._watch.awaiting and self._below.begin_request() and self._silent:
            raise GarbledResponse(EARLY)
        self._watch.request_written(stream)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> MeteredStream:
        self._backend.trace.mark(Phase.TLS)
        inner = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        session = inner.get_extra_info("ssl_object")
        if self._backend.http2 and session.selected_alpn_protocol() != "h2":
            await inner.aclose()
            raise ConnectionRefusedError("the server does not speak HTTP/2 (it chose no h2 by ALPN)")
        self._meter.secured(session.version() or "", bool(session.session_reused))
        return self._backend.take(inner, self._below, secured=True)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _HandshakenStream:
    """The stream that `open` made and the pool takes over: its TLS handshake is done."""

    def __init__(self, opened: MeteredStream) -> None:
        self._opened = opened

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> MeteredStream:
        return self._opened


class MeteredBackend:
    """One virtual sender's network. `wrap` is httpcore's own stream over a stream of anyio's.

    `trace` is where the stamps go, `ended` says that the server has closed the connection while we read.
    """

    def __init__(self, endpoint: Endpoint, wrap: Callable[[Any], Any], *, http2: bool) -> None:
        self.trace = Trace()
        self.meter = ConnectionMeter()
        self.ended = False
        self.http2 = http2
        self.watch = self._new_watch()
        self._endpoint = endpoint
        self._wrap = wrap
        self._opened_stream: MeteredStream | _HandshakenStream | None = None
        self._stream: MeteredStream | None = None

    async def open(self, tls: ssl.SSLContext | None, server_name: str, timeout_s: float) -> None:
        """Connect now; the next connect of the pool takes this one. Raises OSError, and httpcore's ConnectError in TLS."""
        stream = await self._connect()
        if tls is not None:
            self._opened_stream = _HandshakenStream(await stream.start_tls(tls, server_name, timeout_s))
        else:
            self._opened_stream = stream

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> MeteredStream | _HandshakenStream:
        standing, self._opened_stream = self._opened_stream, None
        return standing if standing is not None else await self._connect()

    def take(self, inner: Any, below: OrderedStream, *, secured: bool = False) -> MeteredStream:
        """From now on this stream is the connection."""
        self.ended = False
        self.watch.discard()
        self.watch = self._new_watch()
        self._stream = MeteredStream(inner, below, self, secured=secured)
        return self._stream

    def confirm_response(self, status: int, body: bytes) -> Response:
        """The response on the wire. Raises GarbledResponse if the library reports another one."""
        return self.watch.confirm_response(status, body, ended=self.ended)

    def _new_watch(self) -> ResponseWatch:
        return Http2Watch() if self.http2 else Http1Watch()

    async def _connect(self) -> MeteredStream:
        if not self.trace.phases or self.trace.phases[-1] != Phase.CONNECT:  # the pool connects by itself
            self.trace.mark(Phase.CONNECT)
        connected = await open_socket(self._endpoint)  # httpcore would set the socket's options after it connects
        self.meter.over(connected, self.trace)
        try:
            below = OrderedStream(await SocketStream.from_socket(connected), connected)
            return self.take(self._wrap(below), below)
        except BaseException:
            connected.close()
            raise

    async def discard(self) -> None:
        """Closes a connection that was opened but never used for a request."""
        standing, self._opened_stream = self._opened_stream, None
        if standing is not None and self._stream is not None:
            await self._stream.aclose()
        self._stream = None

    @property
    def closed_by_server(self) -> bool:
        """Whether the connection is closed, closing or unusable.

        Bytes on an idle connection may also be session tickets or settings.
        """
        return self._stream is None or self.watch.unusable or not is_established(self._stream.socket)
