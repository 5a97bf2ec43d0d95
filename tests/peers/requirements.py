"""What a test needs of the machine. Without it the test is skipped with the reason and the install line; with CI set it fails.

Programs of Debian packages are on the path. Those whose packages cannot stand beside each other, and those of npm, are where
`tests/peers/install` has unpacked them.
"""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path
from typing import NoReturn

import pytest

UNPACKED = Path(os.environ.get("BENCHKIT_PEERS", "/var/cache/benchkit-peers"))
_PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))  # servers are rarely on a user's path


def need(program: str) -> Path:
    """The program's full path."""
    found = shutil.which(program, path=_PATH)
    if found is None:
        lacking(f"{program} is not installed")
    return Path(found)


def need_unpacked(*path: str) -> Path:
    """A file or folder below UNPACKED."""
    found = UNPACKED.joinpath(*path)
    if not found.exists():
        lacking(f"{found} is not there")
    return found


def need_root(why: str) -> None:
    """Some servers change to a user of their own, which only root may do."""
    if os.geteuid() != 0:
        lacking(f"only root can {why}", cure="run the tests as root")


def need_free(host: str, port: int) -> None:
    """Where only one port will do, no one else may have it."""
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        lacking(f"{host}:{port} cannot be listened at ({error.strerror})", cure="end what listens there")


def lacking(what: str, cure: str = "install the servers: sudo tests/peers/install") -> NoReturn:
    reason = f"{what}; {cure}"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
