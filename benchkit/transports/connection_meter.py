"""The instruments of a client's connection, the same for every client: turns and bytes of its decrypted stream, and what the
kernel says of its socket.

A client that reconnects keeps its meter: `over` is said of each connection that it makes.
"""

from __future__ import annotations

import socket

from benchkit.model.trace import Trace
from benchkit.protocol.turns import TurnCounter
from benchkit.transports.sockets import options_in_force
from benchkit.transports.tcp_info import KernelMeter


class ConnectionMeter(TurnCounter):
    """A turn counter that knows its connection's socket."""

    __slots__ = ("_kernel",)

    def __init__(self) -> None:
        super().__init__()
        self._kernel: KernelMeter | None = None

    def over(self, connected: socket.socket, trace: Trace) -> None:
        """A TCP connection stands, and what is counted from now on goes over it."""
        trace.socket = options_in_force(connected)
        assert trace.socket.nodelay, "method.md §8: or a lone dot waits for an ACK"
        self.connected()
        self._kernel = KernelMeter(connected)

    def moved_to(self, wrapped: socket.socket) -> None:
        """The same connection under another object, which took it over (ssl.SSLSocket does)."""
        if self._kernel is not None:
            self._kernel.socket = wrapped

    def settle(self, trace: Trace) -> None:
        super().settle(trace)
        if self._kernel is not None:
            self._kernel.settle(trace)
