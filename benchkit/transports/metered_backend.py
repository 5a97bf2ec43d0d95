"""httpcore's network backend with a meter and a watch: each connect, handshake, write and read is stamped, counted and judged.

It also lets a connection be opened as an explicit step before the request: `open` makes it, and the pool's own connect takes
it over. Whatever the pool opens by itself (after the server closed an idle connection, say) is stamped and counted just so:
there are no hidden round trips. httpcore and httpcore2 ask the same of a backend and of a stream: these serve both.
"""

# ruff: noqa: ASYNC109 (the signatures are httpcore's)
from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Any

from benchkit.model.endpoint import Endpoint
from benchkit.model.trace import Phase, Trace
from benchkit.protocol import http2_frames
from benchkit.protocol.response_reader import MAX_RESPONSE, GarbledResponse
from benchkit.transports.connection_meter import ConnectionMeter
from benchkit.transports.request_edges import request_written, response_read
from benchkit.transports.response_watch import ResponseWatch
from benchkit.transports.sockets import is_established, options_of, unread_bytes


class MeteredStream:
    """A stream that writes down the phase edges of a request on it."""

    def __init__(self, inner: Any, backend: MeteredBackend, *, secured: bool) -> None:
        self._inner = inner
        self._backend = backend
        self._meter = backend.meter
        self._goaway = http2_frames.GoawayFilter() if backend.http2 else None
        self._read = 0  # bytes since the request
        self._secured = secured

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while True:
            data: bytes = await self._inner.read(max_bytes, timeout)
            if not data:
                self._backend.ended = True
                return data
            response_read(self._backend.trace)
            self._meter.read(len(data))
            if self._goaway is None:
                self._backend.watch.received(data)
                return data
            self._read += len(data)
            if self._read > MAX_RESPONSE:
                raise GarbledResponse(f"the response is larger than {MAX_RESPONSE} bytes")
            if passed := self._goaway.passed(data):
                return passed

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        asks = not self._backend.http2 or http2_frames.asks(buffer)
        if asks and self._goaway is None:
            self._judge_silence()
        elif asks:
            self._read = 0
        self._meter.wrote(len(buffer), asks)
        await self._inner.write(buffer, timeout)
        if asks:
            request_written(self._backend.trace)

    def _judge_silence(self) -> None:
        """Before a request nothing may have come. Within TLS it may be a session ticket, which only the library can tell."""
        watch = self._backend.watch
        if not (watch.awaiting or self._secured) and unread_bytes(self.get_extra_info("socket")):
            watch.spent = True
        watch.asked()

    @property
    def going_away(self) -> bool:
        return self._goaway is not None and self._goaway.going_away

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
        return self._backend.take(inner, secured=True)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Standing:
    """The stream that `open` made, handed to the pool: its handshake is already over."""

    def __init__(self, opened: MeteredStream) -> None:
        self._opened = opened

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> MeteredStream:
        return self._opened


class MeteredBackend:
    """One virtual sender's network, above httpcore's own `inner`; `trace` is where the stamps go, `ended` says that the server
    has closed the connection while we read."""

    def __init__(self, endpoint: Endpoint, inner: Any, *, http2: bool) -> None:
        self.trace = Trace()
        self.meter = ConnectionMeter()
        self.ended = False
        self.http2 = http2
        self.watch = ResponseWatch()
        self._endpoint = endpoint
        self._inner = inner
        self._standing: MeteredStream | _Standing | None = None
        self._stream: MeteredStream | None = None

    async def open(self, tls: ssl.SSLContext | None, server_name: str, timeout_s: float) -> None:
        """Connect now; the next connect of the pool takes this one. Raises httpcore's ConnectError and ConnectTimeout."""
        stream = await self._connect(timeout_s)
        if tls is not None:
            self._standing = _Standing(await stream.start_tls(tls, server_name, timeout_s))
        else:
            self._standing = stream

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> MeteredStream | _Standing:
        standing, self._standing = self._standing, None
        return standing if standing is not None else await self._connect(timeout)

    def take(self, inner: Any, *, secured: bool = False) -> MeteredStream:
        """This stream is the connection from now on."""
        self.ended = False
        self.watch.discard()
        self.watch = ResponseWatch()
        self._stream = MeteredStream(inner, self, secured=secured)
        return self._stream

    def answered(self, status: int) -> None:
        """The library has given its response. Raises GarbledResponse where the wire does not hold such a one."""
        if not self.http2:
            self.watch.answered(status, ended=self.ended)

    async def _connect(self, timeout_s: float | None) -> MeteredStream:
        if not self.trace.phases or self.trace.phases[-1] != Phase.CONNECT:  # the pool connects by itself
            self.trace.mark(Phase.CONNECT)
        host, port, options = self._endpoint.host, self._endpoint.port, options_of(self._endpoint.arm)
        inner = await self._inner.connect_tcp(host, port, timeout=timeout_s, socket_options=options)
        self.meter.over(inner.get_extra_info("socket"), self.trace)
        return self.take(inner)

    async def discard(self) -> None:
        """Close a connection that was opened and that no request has taken over."""
        standing, self._standing = self._standing, None
        if standing is not None and self._stream is not None:
            await self._stream.aclose()
        self._stream = None

    @property
    def closed_by_server(self) -> bool:
        """Closed or about to be, or spent. What can be read on an idle connection may also be session tickets or a setting."""
        stream = self._stream
        if stream is None or self.watch.spent or stream.going_away:
            return True
        return not is_established(stream.get_extra_info("socket"))
