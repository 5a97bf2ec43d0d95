"""The kernel's own account of a connection (TCP_INFO, method.md §3): retransmits, segments, the smallest RTT."""

from __future__ import annotations

import socket
import struct

from benchkit.model.trace import Trace

_LENGTH = 152  # up to min_rtt; older kernels give less
_FIELDS = struct.Struct("=100xI32xII4xI")  # total_retrans 100, segs_out 136, segs_in 140, min_rtt 148 (linux/tcp.h)
_NO_RTT_YET = 0xFFFFFFFF


class KernelMeter:
    """Deltas since the last settling; one for each connection."""

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
