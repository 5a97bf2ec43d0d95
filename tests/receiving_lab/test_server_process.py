"""A server ends with the block, and with the process that started it, however that ends."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchkit.experiment.receiving_lab.server_process import HOST, ServerNotStarted, free_ports, serving

SERVER = "import socket, sys, time; s = socket.create_server(('127.0.0.1', int(sys.argv[1]))); time.sleep(600)"
PARENT = """import sys, time
from pathlib import Path
from benchkit.experiment.receiving_lab.server_process import serving
with serving([sys.executable, "-c", sys.argv[1], sys.argv[2]], Path(sys.argv[3]), [int(sys.argv[2])]):
    print("up", flush=True)
    time.sleep(600)
"""
DEADLINE_S = 60.0


def listens(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


def test_it_serves_as_long_as_the_block(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    with serving([sys.executable, "-c", SERVER, str(port)], tmp_path, [port]) as process:
        assert listens(port)
    assert process.poll() is not None
    assert not listens(port)


def test_a_server_that_ends_is_told_with_its_log(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    command = [sys.executable, "-c", "print('no such port'); raise SystemExit(3)"]
    with pytest.raises(ServerNotStarted, match="no such port"), serving(command, tmp_path, [port]):
        raise AssertionError("it does not serve")


def test_after_kill_9_of_its_parent_it_is_gone(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    command = [sys.executable, "-c", PARENT, SERVER, str(port), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"up\n"
        parent.kill()
    deadline = time.monotonic() + DEADLINE_S
    while listens(port) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not listens(port)
