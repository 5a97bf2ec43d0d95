"""httpcore's network backend with a meter: every connect, handshake, write and read of an HTTP client, stamped and counted.

It also lets a connection be opened as an explicit step before the request: `open` makes it, and the pool's own connect takes
it over. Whatever the pool opens by itself (after the server closed an idle connection, say) is stamped and counted just so:
there are no hidden round trips.
"""

# ruff: noqa: ASYNC109 (the signatures are httpcore's)
from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

from benchkit.model.trace import Phase, Trace
from benchkit.protocol.turns import TurnCounter


class MeteredStream(httpcore.AsyncNetworkStream):
    """A stream that writes down the phase edges of a request on it."""

    def __init__(self, inner: httpcore.AsyncNetworkStream, backend: MeteredBackend) -> None:
        self._inner = inner
        self._backend = backend
        self._counter = backend.counter
        self._requesting = False

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._requesting:
            self._requesting = False
            self._backend.trace.mark(Phase.WAIT)
            data = await self._inner.read(max_bytes, timeout)
            if data:
                self._backend.trace.mark(Phase.RESPONSE)
        else:
            data = await self._inner.read(max_bytes, timeout)
        self._counter.read(len(data))
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._requesting = True
        self._counter.wrote(len(buffer))
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        self._backend.trace.mark(Phase.TLS)
        inner = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        session = inner.get_extra_info("ssl_object")
        self._counter.secured(session.version() or "", bool(session.session_reused))
        return MeteredStream(inner, self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Standing(httpcore.AsyncNetworkStream):
    """The stream that `open` made, handed to the pool: its handshake is already over."""

    def __init__(self, opened: httpcore.AsyncNetworkStream) -> None:
        self._opened = opened

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        return self._opened


class MeteredBackend(httpcore.AsyncNetworkBackend):
    """One virtual sender's network; `trace` is where the stamps go."""

    def __init__(self, host: str, port: int) -> None:
        self.trace = Trace()
        self.counter = TurnCounter()
        self._address = (host, port)
        self._inner = httpcore.AnyIOBackend()
        self._standing: httpcore.AsyncNetworkStream | None = None
        self._stream: httpcore.AsyncNetworkStream | None = None

    async def open(self, tls: ssl.SSLContext | None, server_name: str, timeout_s: float) -> None:
        """Connect now; the next connect of the pool takes this one. Raises httpcore's ConnectError and ConnectTimeout."""
        stream = await self._connect(timeout_s)
        if tls is not None:
            stream = self._stream = await stream.start_tls(tls, server_name, timeout_s)
            self._standing = _Standing(stream)
        else:
            self._standing = stream

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        standing, self._standing = self._standing, None
        return standing if standing is not None else await self._connect(timeout)

    async def _connect(self, timeout_s: float | None) -> httpcore.AsyncNetworkStream:
        if not self.trace.phases or self.trace.phases[-1] != Phase.CONNECT:  # the pool connects by itself
            self.trace.mark(Phase.CONNECT)
        inner = await self._inner.connect_tcp(*self._address, timeout=timeout_s)
        self.counter.connected()
        self._stream = MeteredStream(inner, self)
        return self._stream

    async def discard(self) -> None:
        """Close a connection that was opened and that no request has taken over."""
        standing, self._standing = self._standing, None
        if standing is not None and self._stream is not None:
            await self._stream.aclose()
        self._stream = None

    @property
    def closed_by_server(self) -> bool:
        """An idle connection has nothing to say: whatever can be read on it is its end."""
        return self._stream is None or bool(self._stream.get_extra_info("is_readable"))
