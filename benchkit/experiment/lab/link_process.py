"""The link's process: makes the two networks, passes them to the parent, forwards packets, and reports its counts.

It uses the Unix socket that is its standard input. A job comes in; the namespaces' descriptors go out, or the reason why
there are none. End of input means that the parent closed it or died: forwarding then stops. Devices and networks disappear
with the processes that hold them.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import signal
import socket
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from benchkit.experiment.lab import namespace
from benchkit.experiment.lab.forwarder import Forwarder, forward
from benchkit.experiment.lab.link_direction import LinkDirection
from benchkit.experiment.lab.packet_counter import PacketCounter
from benchkit.experiment.lab.pcap import PcapWriter
from benchkit.experiment.lab.spec import LinkSpec

CLIENT_ADDRESS, SERVER_ADDRESS = "192.0.2.1", "192.0.2.2"  # TEST-NET-1 (RFC 5737): never anyone's
MESSAGE_BYTES = 65536
_PR_SET_TIMERSLACK = 29


@dataclass(frozen=True, slots=True)
class _Networks:
    user: int | None
    client: int
    server: int
    client_tun: int
    server_tun: int


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    parent = socket.socket(fileno=0)
    job = json.loads(parent.recv(MESSAGE_BYTES))
    try:
        networks = _make_networks()
    except OSError as error:
        parent.sendall(json.dumps({"refused": _missing(error)}).encode())
        return
    descriptors = [networks.client, networks.server, *([networks.user] if networks.user is not None else [])]
    socket.send_fds(parent, [b"ready"], descriptors)
    with suppress(BrokenPipeError, ConnectionResetError):  # the parent is gone, and so is all interest
        parent.sendall(json.dumps(_forward(networks, LinkSpec(**job["link"]), job["pcap"])).encode())


def _make_networks() -> _Networks:
    """As root, otherwise as root of a user namespace. Raises OSError with the reason of the second attempt."""
    user = None
    try:
        client = namespace.new_network()
    except PermissionError:
        namespace.become_root_of_own_user_namespace()
        user = namespace.user_namespace()
        client = namespace.new_network()
    client_tun = namespace.open_tun(CLIENT_ADDRESS)
    server = namespace.new_network()
    return _Networks(user, client, server, client_tun, namespace.open_tun(SERVER_ADDRESS))


def _forward(networks: _Networks, spec: LinkSpec, pcap: str) -> dict[str, Any]:
    ctypes.CDLL(None).prctl(_PR_SET_TIMERSLACK, 1, 0, 0, 0)  # the default lets every time-out be 50 µs late
    with suppress(PermissionError):  # without root it keeps the normal priority
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    wire = PacketCounter()
    out = Forwarder(networks.client_tun, LinkDirection(spec, "out"), networks.server_tun, outward=True)
    back = Forwarder(networks.server_tun, LinkDirection(spec, "back"), networks.client_tun, outward=False)
    capture = PcapWriter(Path(pcap)) if pcap else None
    forward((out, back), 0, wire, capture)
    if capture is not None:
        capture.close()
    return {
        "packets": wire.packets,
        "bytes": wire.bytes,
        "lost": out.line.lost + back.line.lost,
        "overflowed": out.line.overflowed + back.line.overflowed,
        "captured": capture.captured if capture is not None else 0,
        "connections": [astuple(connection) for connection in wire.connections],
    }


def _missing(error: OSError) -> str:
    """What is missing, and how to get it."""
    if not os.path.exists("/dev/net/tun"):
        return "/dev/net/tun does not exist. Load it with `modprobe tun`, or start the container with `--device /dev/net/tun`"
    if not os.access("/dev/net/tun", os.R_OK | os.W_OK):
        return "/dev/net/tun cannot be opened. Run as root, or allow it as most distributions do: `chmod 0666 /dev/net/tun`"
    if error.errno == errno.ENOSPC:  # user_namespaces(7): what unshare says at the limit
        return "user namespaces are turned off. Run as root, or raise `sysctl user.max_user_namespaces`"
    if isinstance(error, PermissionError):
        return f"no network namespace can be made ({error.strerror}). Run as root, or allow user namespaces"
    return f"the network link cannot be made: {error.strerror or error}"


if __name__ == "__main__":
    main()
