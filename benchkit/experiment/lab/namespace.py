"""The kernel's part of the lab: anonymous network namespaces, and a TUN device in each. Linux only, no `ip` needed.

A namespace has no name and no file: it exists while a descriptor or a process holds it, and so does its TUN device. So
nothing is left when processes die. Constants: <sched.h>, <linux/if_tun.h>, <linux/sockios.h>.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
from contextlib import suppress
from pathlib import Path

MTU = 1500
DEVICE = "link0"
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_TUNSETIFF = 0x400454CA
_IFF_TUN_NO_PI = 0x1001
_SIOCSIFFLAGS, _SIOCSIFADDR, _SIOCSIFNETMASK, _SIOCSIFMTU = 0x8914, 0x8916, 0x891C, 0x8922
_IFF_UP_RUNNING = 0x41
_RTM_SETLINK, _NLM_F_REQUEST_ACK, _IFLA_TXQLEN = 19, 0x05, 13
_KERNEL_QUEUE_PACKETS = 20_000  # the link's queue is line.py's: the kernel's own must never be the one that overflows
_SETTINGS = {
    "net/ipv6/conf/all/disable_ipv6": "1",  # no one talks of routers on this link: every packet counts
    "net/ipv4/tcp_no_metrics_save": "1",  # a new connection must not remember the window of the one before
}
_libc = ctypes.CDLL(None, use_errno=True)


def become_root_of_own_user_namespace() -> None:
    """Rootless: afterwards this process is root in a user namespace of its own. Raises OSError where the host forbids it."""
    user, group = os.geteuid(), os.getegid()
    _check(_libc.unshare(_CLONE_NEWUSER))
    Path("/proc/self/setgroups").write_text("deny", "ascii")
    Path("/proc/self/uid_map").write_text(f"0 {user} 1", "ascii")
    Path("/proc/self/gid_map").write_text(f"0 {group} 1", "ascii")


def user_namespace() -> int:
    """A descriptor of this process's user namespace."""
    return os.open("/proc/self/ns/user", os.O_RDONLY)


def new_network() -> int:
    """Moves this process into a new network namespace and gives its descriptor. Raises OSError."""
    _check(_libc.unshare(_CLONE_NEWNET))
    return os.open("/proc/self/ns/net", os.O_RDONLY)


def open_tun(address: str) -> int:
    """A TUN device with this address in a /24, up, in this process's network; gives its non-blocking descriptor."""
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, _TUNSETIFF, struct.pack("16sH22x", DEVICE.encode("ascii"), _IFF_TUN_NO_PI))
    for name, value in _SETTINGS.items():
        with suppress(OSError):  # a kernel without IPv6, or without the setting
            Path("/proc/sys", name).write_text(value, "ascii")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        _set_up(sock, "lo")
        _set(sock, _SIOCSIFMTU, struct.pack("i", MTU))
        _set(sock, _SIOCSIFADDR, _socket_address(address))
        _set(sock, _SIOCSIFNETMASK, _socket_address("255.255.255.0"))
        _lengthen_queue(_KERNEL_QUEUE_PACKETS)
        _set_up(sock, DEVICE)
    return tun


def enter(network: int, user: int | None) -> None:
    """Move this process, which must have one thread only, into a network, and into the user namespace that owns it."""
    if user is not None:
        _check(_libc.setns(user, _CLONE_NEWUSER))
    _check(_libc.setns(network, _CLONE_NEWNET))


def _set(sock: socket.socket, request: int, value: bytes, device: str = DEVICE) -> None:
    fcntl.ioctl(sock, request, struct.pack("16s24s", device.encode("ascii"), value))


def _set_up(sock: socket.socket, device: str) -> None:
    _set(sock, _SIOCSIFFLAGS, struct.pack("h", _IFF_UP_RUNNING), device)


def _lengthen_queue(packets: int) -> None:
    """By netlink (rtnetlink(7)): the ioctl needs real root, even for the root of a user namespace."""
    attribute = struct.pack("=HHI", 8, _IFLA_TXQLEN, packets)
    body = struct.pack("=BxHiII", socket.AF_UNSPEC, 0, socket.if_nametoindex(DEVICE), 0, 0) + attribute
    header = struct.pack("=IHHII", 16 + len(body), _RTM_SETLINK, _NLM_F_REQUEST_ACK, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as netlink:
        netlink.send(header + body)
        (error,) = struct.unpack_from("=i", netlink.recv(4096), 16)
    if error:
        raise OSError(-error, os.strerror(-error))


def _socket_address(address: str) -> bytes:
    return struct.pack("=HH4s8x", socket.AF_INET, 0, socket.inet_aton(address))


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
