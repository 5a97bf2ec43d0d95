"""What was true while measuring, and that none of it names the machine."""

from __future__ import annotations

import getpass
import json
import socket
from pathlib import Path

import pytest

from benchkit.experiment.conditions import describe_host, min_rtt_ms, probe, usable_cores


def test_the_kernel_tells_the_round_trip_of_a_loopback_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        rtt_ms = probe(*server.getsockname())
    assert rtt_ms is not None
    assert 0 < rtt_ms < 1000


def test_nobody_there_is_an_os_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
    with pytest.raises(OSError, match="refused"):
        probe(host, port, timeout_s=1.0)


def test_a_socket_without_a_connection_has_no_round_trip() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        assert min_rtt_ms(sock) is None


def test_a_run_can_be_published_as_it_is() -> None:
    described = json.dumps(describe_host(resolved=False, libraries=("aiosmtplib", "not-installed")))
    assert socket.gethostname() not in described
    assert str(Path.home()) not in described
    assert str(Path.cwd()) not in described
    assert json.loads(described)["resolver"] == []
    assert json.loads(described)["packages"]["aiosmtplib"]
    assert "not-installed" not in json.loads(described)["packages"]
    assert json.loads(described)["cores"] == usable_cores() > 0
    assert getpass.getuser() == "root" or getpass.getuser() not in described
