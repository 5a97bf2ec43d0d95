"""What all accepted connections share: the connection count, TCP_NODELAY, back pressure, and closing."""

from __future__ import annotations

import asyncio
import socket
from typing import cast

from benchkit.sink.transcript import Transcript


class OpenConnections:
    """The open connections of a sink; numbers them for the transcript."""

    def __init__(self, transcript: Transcript | None) -> None:
        self.transcript = transcript
        self.live: set[SinkConnection] = set()
        self._made = 0

    def join(self, connection: SinkConnection) -> int:
        self.live.add(connection)
        self._made += 1
        return self._made - 1

    def sweep(self) -> None:
        """Closes every connection without a read since the last sweep."""
        for connection in tuple(self.live):
            if not connection.active:
                connection.transport.abort()
            connection.active = False

    def abort(self) -> None:
        for connection in tuple(self.live):
            connection.transport.abort()


class SinkConnection(asyncio.Protocol):
    """`active` is set by each read, so idle connections are found without reading the clock each time."""

    transport: asyncio.Transport

    def __init__(self, connections: OpenConnections) -> None:
        self._connections = connections
        self.active = True
        self.number = -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.number = self._connections.join(self)
        assert _has_nodelay(transport), "equal work at the server: TCP_NODELAY on every connection (method.md §8)"

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.live.discard(self)

    def hang_up(self) -> None:
        """Sends close_notify, and does not wait for the client's."""
        self.transport.close()
        asyncio.get_running_loop().call_soon(self.transport.abort)

    def pause_writing(self) -> None:
        """If a client does not read its replies, its requests are not read either."""
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        self.transport.resume_reading()


def _has_nodelay(transport: asyncio.BaseTransport) -> bool:
    accepted = transport.get_extra_info("socket")
    return bool(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
