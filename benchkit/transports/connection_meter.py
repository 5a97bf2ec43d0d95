"""What every client's connection is measured with: round trips and bytes of the decrypted stream, the kernel's own counts, and
the edges of a request.

A client that reconnects keeps its meter: `over` is called for each connection that it makes.
"""

from __future__ import annotations

import socket
import struct
from time import perf_counter_ns

from benchkit.model.trace import Phase, Trace
from benchkit.protocol.turns import TurnCounter
from benchkit.transports.sockets import options_in_force

_LENGTH = 152  # up to min_rtt; older kernels give less
_FIELDS = struct.Struct("=100xI32xII4xI")  # total_retrans 100, segs_out 136, segs_in 140, min_rtt 148 (linux/tcp.h)
_NO_RTT_YET = 0xFFFFFFFF


class ConnectionMeter(TurnCounter):
    """A round-trip counter that knows its connection's socket."""

    __slots__ = ("_kernel",)

    def __init__(self) -> None:
        super().__init__()
        self._kernel: KernelMeter | None = None

    def over(self, connected: socket.socket, trace: Trace) -> None:
        """A TCP connection is made; what is counted from now on goes over it."""
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


class KernelMeter:
    """TCP_INFO of one connection (method.md §3): retransmits, segments, the smallest RTT, as deltas since the last `settle`."""

    __slots__ = ("_before", "socket")

    def __init__(self, connected: socket.socket) -> None:
        self.socket = connected
        self._before = (0, 0, 0)

    def settle(self, trace: Trace) -> None:
        """Add what happened since to the trace of the message under way; a closed socket adds nothing."""
        try:
            info = self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LENGTH)
            retransmits, segments_out, segments_in, min_rtt_us = _FIELDS.unpack(info)
        except (OSError, ValueError, struct.error):  # closed (uvloop says so by ValueError), or an older kernel
            return
        before_retransmits, before_out, before_in = self._before
        self._before = (retransmits, segments_out, segments_in)
        trace.retransmits += retransmits - before_retransmits
        trace.segments_out += segments_out - before_out
        trace.segments_in += segments_in - before_in
        if min_rtt_us != _NO_RTT_YET:
            trace.min_rtt_us = min_rtt_us


def request_written(trace: Trace) -> None:
    """A part of the request is written. The wait begins now; which write was the last is known only afterwards."""
    if trace.phases[-1] == Phase.RESPONSE:  # an answer to a part of it: a flow-control window, say
        trace.phases.pop()
        trace.edges.pop()
    if trace.phases[-1] == Phase.WAIT:
        trace.edges[-1] = perf_counter_ns()
    else:
        trace.mark(Phase.WAIT)


def response_read(trace: Trace) -> None:
    """Bytes have come; the first of them end the wait."""
    if trace.phases[-1] == Phase.WAIT:
        trace.mark(Phase.RESPONSE)
