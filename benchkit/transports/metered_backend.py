"""httpcore's network backend with a meter: every connect, handshake, write and read of an HTTP client, stamped and counted.

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
from benchkit.transports.connection_meter import ConnectionMeter
from benchkit.transports.request_edges import request_written, response_read
from benchkit.transports.sockets import is_established, options_of


class MeteredStream:
    """A stream that writes down the phase edges of a request on it."""

    def __init__(self, inner: Any, backend: MeteredBackend) -> None:
        self._inner = inner
        self._backend = backend
        self._meter = backend.meter

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data: bytes = await self._inner.read(max_bytes, timeout)
        if data:
            response_read(self._backend.trace)
            self._meter.read(len(data))
        else:
            self._backend.ended = True
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        asks = not self._backend.http2 or http2_frames.asks(buffer)
        self._meter.wrote(len(buffer), asks)
        await self._inner.write(buffer, timeout)
        if asks:
            request_written(self._backend.trace)

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
        return self._backend.take(inner)

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

    def take(self, inner: Any) -> MeteredStream:
        """This stream is the connection from now on."""
        self.ended = False
        self._stream = MeteredStream(inner, self)
        return self._stream

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
        """The kernel's word: what can be read on an idle connection may be its end, but also session tickets or a setting."""
        return self._stream is None or not is_established(self._stream.get_extra_info("socket"))
