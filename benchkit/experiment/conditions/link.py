"""The link to a target as the kernel measured it: TCP_INFO of a connection without data.

Linux `struct tcp_info` (include/uapi/linux/tcp.h): tcpi_min_rtt, in µs, at byte 148. Regressions and reports use this
round-trip time, never a configured one (method.md §9).
"""

from __future__ import annotations

import socket
import struct

from benchkit.errors import TargetUnreachable
from benchkit.model.endpoint import Endpoint
from benchkit.model.scenario import ArmSpec
from benchkit.model.unreachable import advice_on_error

_MIN_RTT_OFFSET = 148
PROBES = 5  # connections to an embedded server; another's are not to be spent
FOREIGN_PROBES = 3


def min_rtt_ms(sock: socket.socket) -> float | None:
    """The smallest round trip of a connected TCP socket; None if the kernel does not report it."""
    try:
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    except (OSError, AttributeError):
        return None
    if len(info) < _MIN_RTT_OFFSET + 4:
        return None
    microseconds: int = struct.unpack_from("=I", info, _MIN_RTT_OFFSET)[0]
    return microseconds / 1000 if 0 < microseconds < 0xFFFFFFFF else None


def probe(host: str, port: int, timeout_s: float = 5.0, *, connections: int = PROBES) -> float | None:
    """Connects and closes a few times; the smallest round trip in ms. Raises OSError if no connection can be made."""
    found = []
    for _ in range(connections):
        with socket.create_connection((host, port), timeout=timeout_s) as sock:
            found.append(min_rtt_ms(sock))
    known = [rtt for rtt in found if rtt is not None]
    return min(known) if known else None


def round_trips_ms(targets: tuple[Endpoint, ...]) -> dict[int, float | None]:
    """The smallest round trip to each target, by arm. Raises TargetUnreachable, before the first message is sent.

    Each address is probed once, however many arms use it: a small accept queue would overflow, and SYNs would wait seconds.
    """
    measured: dict[tuple[str, int], float | None] = {}
    for target in targets:
        address = (target.host, target.port)
        if target.port and address not in measured:
            measured[address] = _round_trip_ms(target)
    return {number: measured[target.host, target.port] for number, target in enumerate(targets) if target.port}


def _round_trip_ms(target: Endpoint) -> float | None:
    try:
        connections = PROBES if target.arm.server is None else FOREIGN_PROBES
        return probe(target.host, target.port, connections=connections)
    except OSError as error:
        raise unreachable(f"{target.server_name}:{target.port}", target.arm, error) from error


def unreachable(where: str, arm: ArmSpec, error: OSError) -> TargetUnreachable:
    why = f"{error.strerror or error}: {advice_on_error(error)}"
    return TargetUnreachable(f"{where} (arm {arm.name!r}): {why}; nothing was sent")
