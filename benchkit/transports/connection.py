"""A client's connection: TCP made in one explicit step, the TLS context, and the meter of round trips and bytes.

No look-up, no Happy-Eyeballs race and no retry hides in a client's connect. Round trips and bytes are those of the decrypted
stream. A client that reconnects keeps its meter: `over` is called for each connection that it makes.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
import struct
import sys
from fcntl import ioctl
from termios import FIONREAD
from time import perf_counter_ns
from typing import Any

from benchkit.model.endpoint import Endpoint
from benchkit.model.scenario import ArmSpec, Security
from benchkit.model.trace import Phase, SocketOptions, Trace
from benchkit.protocol.turns import TurnCounter

NO_FREE_PORT = "this machine has no free port for another connection: the target is not the cause"
_TCP_ESTABLISHED = 1
_NAME_SIZE = 16  # TCP_CA_NAME_MAX (linux/include/net/tcp.h)
_SO_MAX_PACING_RATE = 47  # asm-generic/socket.h; Python has no name for it
_RATE_SIZE = 8
_NO_LIMIT = frozenset({(1 << 32) - 1, (1 << 64) - 1})  # older kernels answer in 32 bits
_INFO_SIZE = 152  # up to min_rtt; older kernels give less
_FIELDS = struct.Struct("=100xI32xII4xI")  # total_retrans 100, segs_out 136, segs_in 140, min_rtt 148 (linux/tcp.h)
_NO_RTT_YET = 0xFFFFFFFF


def options_of(arm: ArmSpec) -> list[tuple[int, int, int | bytes]]:
    """What every client sets on its socket before it connects, as arguments of setsockopt.

    A congestion control that is set later leaves the pacing of the one before it in force, which cannot be read back
    (method.md §8). Without TCP_NODELAY a lone final dot in a second write waits 40 ms for a delayed ACK.
    """
    options: list[tuple[int, int, int | bytes]] = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
    if arm.congestion:
        options.append((socket.IPPROTO_TCP, socket.TCP_CONGESTION, arm.congestion.encode("ascii")))
    return options


def options_in_force(sock: socket.socket) -> SocketOptions:
    congestion = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, _NAME_SIZE)
    nodelay = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    return SocketOptions(congestion.rstrip(b"\0").decode("ascii"), bool(nodelay), _pacing_limit(sock))


def _pacing_limit(sock: socket.socket) -> int:
    try:
        limit = int.from_bytes(sock.getsockopt(socket.SOL_SOCKET, _SO_MAX_PACING_RATE, _RATE_SIZE), sys.byteorder)
    except OSError:  # this kernel has none
        return 0
    return 0 if limit in _NO_LIMIT else limit


async def open_socket(endpoint: Endpoint) -> socket.socket:
    """A connected, non-blocking socket with its arm's options; `endpoint.host` is an address. Raises OSError, TimeoutError."""
    family = socket.AF_INET6 if ":" in endpoint.host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        for level, name, value in options_of(endpoint.arm):
            sock.setsockopt(level, name, value)
        loop = asyncio.get_running_loop()
        await asyncio.wait_for(loop.sock_connect(sock, (endpoint.host, endpoint.port)), endpoint.arm.timeout_s)
    except BaseException as error:
        sock.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRNOTAVAIL:
            raise OSError(errno.EADDRNOTAVAIL, NO_FREE_PORT) from None
        raise
    return sock


def is_established(sock: Any) -> bool:
    """Whether the kernel calls the connection established (`tcpi_state`): false after a FIN or RST, even if it was not read
    yet.
    """
    try:
        state: bytes = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)
    except (OSError, ValueError):  # closed on our side (uvloop says so by ValueError)
        return False
    return state[0] == _TCP_ESTABLISHED


def unread_bytes(sock: Any) -> int:
    """How many received bytes the kernel holds that this process has not read."""
    return int.from_bytes(ioctl(sock.fileno(), FIONREAD, bytes(4)), sys.byteorder)


def tls_context(endpoint: Endpoint, alpn: str = "") -> ssl.SSLContext | None:
    """One context per transport, made before the clock starts (it costs 26 ms); None for an arm without TLS."""
    if endpoint.arm.security is Security.NONE:
        return None
    context = ssl.create_default_context(cadata=endpoint.ca_pem or None)
    if alpn:
        context.set_alpn_protocols([alpn])
    return context


class ConnectionMeter(TurnCounter):
    """A round-trip counter that knows its connection's socket."""

    __slots__ = ("_kernel",)

    def __init__(self) -> None:
        super().__init__()
        self._kernel: KernelMeter | None = None

    def over(self, connected: socket.socket, trace: Trace) -> None:
        """Starts a new TCP connection: everything from now on is counted for it."""
        trace.socket = options_in_force(connected)
        assert trace.socket.nodelay, "method.md §8: or a lone dot waits for an ACK"
        self.connected()
        self._kernel = KernelMeter(connected)

    def moved_to(self, wrapped: socket.socket) -> None:
        """Follows the same connection to the object that took over its socket (as ssl.SSLSocket does)."""
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
        """Adds the change since the last call to the trace of the current message; a closed socket adds nothing."""
        try:
            info = self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_SIZE)
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
    """A part of the request is written, so the wait begins now. Which write is the last is known only later."""
    if trace.phases[-1] == Phase.RESPONSE:  # an answer to a part of it: a flow-control window, say
        trace.phases.pop()
        trace.edges.pop()
    if trace.phases[-1] == Phase.WAIT:
        trace.edges[-1] = perf_counter_ns()
    else:
        trace.mark(Phase.WAIT)


def response_read(trace: Trace) -> None:
    """Bytes were received; the first ones end the wait."""
    if trace.phases[-1] == Phase.WAIT:
        trace.mark(Phase.RESPONSE)
