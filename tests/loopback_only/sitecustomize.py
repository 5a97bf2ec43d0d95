"""No test reaches beyond this machine: an audit hook refuses every connection, datagram and look-up that would.

Python loads a module of this name by itself at its start, so that the children of a test are guarded too: conftest.py puts
this folder on their path. uvloop's own connects go past the audit; CI runs the tests in a network namespace besides.
"""

from __future__ import annotations

import sys

HERE = ("127.", "192.0.2.")  # loopback, and the lab's own link: TEST-NET-1 (RFC 5737) is never anyone's
NAMES = frozenset(("", "localhost", "::1", "::", "0.0.0.0"))
_SENDING = frozenset(("socket.connect", "socket.sendto", "socket.sendmsg"))
_NUMBER = frozenset("0123456789abcdefABCDEF.:")


class BeyondThisMachine(BaseException):
    """Not an Exception: no code under test may take it for a connection that failed, and go on."""


def refuse(event: str, arguments: tuple[object, ...]) -> None:
    """Raises BeyondThisMachine. Reading a number as an address asks no one, and so is no look-up."""
    if event in _SENDING:
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else ""  # else a Unix socket, or a connected one
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")
    number = event == "socket.getaddrinfo" and _NUMBER.issuperset(name)
    if not (number or name in NAMES or name.startswith(HERE)):
        raise BeyondThisMachine(f"{event} {name}")


sys.addaudithook(refuse)
