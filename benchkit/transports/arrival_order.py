"""What had come on a connection before a request began: bytes that cannot be its response (RFC 9112 §9.2).

anyio reads a socket only while a reader waits, so that a response which came too early is read after the request, as if it
answered it. Under TLS the bytes are counted below the encryption, where session tickets come early and rightly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from anyio.abc import SocketStream

from benchkit.transports.sockets import unread_bytes

_CHUNK = 65_536


class OrderedStream:
    """The part of anyio's SocketStream that httpcore and anyio's TLS use. `early`: all that was read since the request began
    had come before it."""

    __slots__ = ("_inner", "_socket", "_waiting", "aclose", "early", "extra", "send")

    def __init__(self, inner: SocketStream, socket: Any) -> None:
        self._inner = inner
        self._socket = socket
        self._waiting = 0
        self.early = False
        self.send, self.aclose, self.extra = inner.send, inner.aclose, inner.extra

    @property
    def extra_attributes(self) -> Mapping[Any, Callable[[], Any]]:
        return self._inner.extra_attributes

    def begin_request(self) -> int:
        """The request leaves now; how many bytes wait to be read."""
        queue: Any = self._inner._protocol.read_queue  # type: ignore[attr-defined]  # anyio has no public way to ask
        self._waiting = unread_bytes(self._socket) + sum(map(len, queue))
        self.early = True
        return self._waiting

    async def receive(self, max_bytes: int = _CHUNK) -> bytes:
        if not self._waiting:
            self.early = False
            return await self._inner.receive(max_bytes)
        data = await self._inner.receive(min(max_bytes, self._waiting))
        self._waiting -= len(data)
        return data
