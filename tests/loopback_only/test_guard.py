"""The guard itself: what passes and what is refused, here and in a child. None of this is sent: it is refused before."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.loopback_only.sitecustomize import BeyondThisMachine

OUTSIDE = ("203.0.113.1", 9)  # TEST-NET-3 (RFC 5737): no one, if the guard should fail


@pytest.mark.parametrize(
    "leave",
    [
        lambda sock: sock.connect(OUTSIDE),
        lambda sock: sock.connect_ex(OUTSIDE),
        lambda sock: sock.sendto(b"", OUTSIDE),
        lambda sock: sock.sendmsg([b""], [], 0, OUTSIDE),
        lambda sock: socket.getaddrinfo("mail.example.com", 25),
        lambda sock: socket.getaddrinfo(b"mail.example.com", 25),
    ],
    ids=["connect", "connect_ex", "sendto", "sendmsg", "look-up", "look-up of bytes"],
)
def test_leaving_is_refused(leave: Callable[[socket.socket], object]) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sock, pytest.raises(BeyondThisMachine):
        leave(sock)


def test_loopback_and_numbers_pass() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        assert socket.getaddrinfo("203.0.113.1", 25)
        assert socket.getaddrinfo("localhost", 25)


def test_a_child_is_guarded_too() -> None:
    code = f"import socket; socket.create_connection({OUTSIDE!r}, timeout=0.01)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "BeyondThisMachine" in done.stderr
