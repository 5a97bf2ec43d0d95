"""The byte stream under every wire client: one connection, plain or TLS, that counts and times all bytes.

Round trips and bytes are counted on the decrypted side of TLS; a write is one `send` of the kernel. The event loop reads the
socket directly, without asyncio's streams.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable

from benchkit.model.endpoint import Endpoint
from benchkit.model.plain_number import significant
from benchkit.model.trace import Trace
from benchkit.transports.connection import ConnectionMeter, is_established, open_socket, unread_bytes
from benchkit.transports.tls_layer import TlsLayer

_READ_SIZE = 65_536
_UNREAD_LIMIT = 1 << 20  # a server that talks on and on is not listened to for ever
_TIMER_GRAIN_S = 0.002


class WireStream:
    """Made by `open`. `read` gives bytes as they come, b"" at the end; failures are OSErrors, TimeoutError among them."""

    __slots__ = (
        "_arrived", "_deadline", "_error", "_loop", "_on_written", "_over", "_received_since_write", "_socket", "_take",
        "_timeout_s", "_timer", "_tls", "_unsent", "_waiter", "meter",
    )  # fmt: skip

    def __init__(self, connected: socket.socket, timeout_s: float, trace: Trace) -> None:
        self.meter = ConnectionMeter()
        self.meter.over(connected, trace)
        self._loop = asyncio.get_running_loop()
        self._socket = connected
        self._timeout_s = timeout_s
        self._tls: TlsLayer | None = None
        self._take: Callable[[bytes], None] = self._take_plain
        self._arrived = b""
        self._received_since_write = False  # something has come since we last wrote
        self._unsent = memoryview(b"")
        self._on_written: Callable[[], None] | None = None
        self._error: OSError | None = None
        self._over = False
        self._waiter: asyncio.Future[bytes] | None = None
        self._begin_step()
        self._timer: asyncio.TimerHandle | None = None
        self._loop.add_reader(connected, self._readable)

    @classmethod
    async def open(cls, endpoint: Endpoint, trace: Trace) -> WireStream:
        return cls(await open_socket(endpoint), endpoint.arm.timeout_s, trace)

    @property
    def is_idle(self) -> bool:
        """Open, and without unexpected bytes: ready for the next message."""
        return not (self._over or self._arrived)

    def read_available(self) -> None:
        """Reads what the kernel has received so far, so that `is_idle` is current."""
        if not self._over and unread_bytes(self._socket):
            self._readable()

    @property
    def ended(self) -> bool:
        """Whether nothing more can be read."""
        return self._over and not self._arrived

    def write(self, data: bytes, on_written: Callable[[], None] | None = None) -> None:
        """Writes a whole group at once. What the kernel does not take now is written later; a read reports a broken connection.

        `on_written` is called when the kernel has the last byte, usually at once.
        """
        self.meter.wrote(len(data))
        self._begin_step()
        self._received_since_write = False
        self._send(data if self._tls is None or self._over else self._tls.encrypted(data))
        if self._unsent:
            self._on_written = on_written
        elif on_written is not None:
            on_written()

    def is_written(self, tail: int = 0) -> bool:
        """Whether the kernel has everything that was written, except at most the last `tail` bytes.

        True if it is not certain.
        """
        overhead = 0 if self._tls is None else self._tls.overhead(tail)
        return len(self._unsent) <= tail + overhead

    async def read(self) -> bytes:
        """The bytes received so far, or the next ones. Raises TimeoutError after `timeout_s` from the last `write`."""
        if self._received_since_write and not self._arrived:
            self._read_socket_again()
        if self._arrived:
            return self._drain()
        if self._over:
            return self._end_or_error()
        waiter = self._waiter = self._loop.create_future()
        if self._timer is None:
            self._timer = self._loop.call_at(self._deadline, self._check_deadline)
        return await waiter or self._end_or_error()

    def _begin_step(self) -> None:
        self._deadline = self._loop.time() + self._timeout_s

    def set_timeout(self, timeout_s: float) -> None:
        """Sets how long a read waits from now on."""
        self._timeout_s = timeout_s
        self._begin_step()
        self._stop_timer()

    async def start_tls(self, context: ssl.SSLContext, server_name: str) -> None:
        """The TLS handshake. Raises ssl.SSLError, TimeoutError, OSError; also if plaintext arrived before it (RFC 3207 §6)."""
        if self._arrived:
            raise ConnectionAbortedError("plaintext came before the TLS handshake")
        layer = TlsLayer(context, server_name)
        self._take = self._deliver_bytes
        self._begin_step()
        while not layer.handshake():
            self._send(layer.outgoing())
            received = await self.read()
            if not received:
                raise ConnectionResetError("the server closed the connection during the TLS handshake")
            layer.received(received)
        self._send(layer.outgoing())
        self.meter.secured(layer.version, layer.resumed)
        self._begin_step()
        self._tls = layer
        self._take = self._take_encrypted
        self._take_encrypted(self._drain())  # the server's first words may have come with its last handshake message

    def close(self) -> None:
        """Closes at once, with close_notify if all data was written. Can be called again."""
        if self._tls is not None and not (self._over or self._unsent):
            self._send(self._tls.close_notify())
        self._end(None)
        self._stop_timer()
        self._socket.close()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _readable(self) -> None:
        try:
            data = self._socket.recv(_READ_SIZE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._end(error)
            return
        if data:
            self._received_since_write = True
            self._take(data)
        else:
            self._end(None)

    def _read_socket_again(self) -> None:
        """uvloop stops reading a socket at its first error: a reply that arrived together with a reset needs one more read."""
        while not (self._arrived or self._over or is_established(self._socket)):
            self._readable()

    def _take_plain(self, data: bytes) -> None:
        self.meter.read(len(data))
        self._deliver_bytes(data)

    def _take_encrypted(self, wire: bytes) -> None:
        assert self._tls is not None
        try:
            self._tls.received(wire)
            data, goes_on = self._tls.decrypted()
        except ssl.SSLError as error:
            self._end(error)
            return
        if answer := self._tls.outgoing():
            self._send(answer)
        if data:
            self._take_plain(data)
        if not goes_on:
            self._end(None)

    def _deliver_bytes(self, data: bytes) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(data)
            return
        self._arrived += data
        if len(self._arrived) > _UNREAD_LIMIT:
            self._end(ConnectionAbortedError("the server talks without being asked"))

    def _drain(self) -> bytes:
        arrived, self._arrived = self._arrived, b""
        return arrived

    def _send(self, wire: bytes) -> None:
        """A write to a broken connection does nothing: a read then gives the server's last bytes and the error."""
        if self._unsent or self._over:
            self._unsent = memoryview(bytes(self._unsent) + wire)
            return
        try:
            sent = self._socket.send(wire)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._unsent, self._received_since_write = memoryview(wire), True
            return
        if sent < len(wire):
            self._unsent = memoryview(wire)[sent:]
            self._loop.add_writer(self._socket, self._writable)

    def _writable(self) -> None:
        try:
            sent = self._socket.send(self._unsent)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._loop.remove_writer(self._socket)
            return
        self._unsent = self._unsent[sent:]
        if not self._unsent:
            self._loop.remove_writer(self._socket)
            if self._on_written is not None:
                self._on_written()

    def _check_deadline(self) -> None:
        """One timer for many reads: when it fires, it compares with the current deadline."""
        self._timer = None
        waiter = self._waiter
        if waiter is None or waiter.done():
            return
        if self._loop.time() + _TIMER_GRAIN_S < self._deadline:
            self._timer = self._loop.call_at(self._deadline, self._check_deadline)
            return
        self._waiter = None
        waiter.set_exception(TimeoutError(f"no answer within {significant(self._timeout_s)} s"))

    def _end(self, error: OSError | None) -> None:
        """Nothing more will arrive: wakes the reader that waits."""
        if self._over:
            return
        self._over, self._error = True, error
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(b"")

    def _end_or_error(self) -> bytes:
        if self._error is not None:
            raise self._error
        return b""
