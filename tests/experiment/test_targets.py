"""Targets before the first message: each address is probed once, and named when no connection can be made."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from benchkit.errors import TargetUnreachable
from benchkit.experiment.conditions import FOREIGN_PROBES, PROBES, link, round_trips_ms
from benchkit.experiment.process import targets
from benchkit.model.endpoint import Endpoint
from benchkit.model.scenario import ArmSpec, ConnectionPolicy, Security, ServerAddress


@pytest.fixture
def listening() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def endpoint(port: int) -> Endpoint:
    arm = ArmSpec(f"to {port}", "smtp", "aiosmtplib", ConnectionPolicy(0), Security.NONE)
    return Endpoint("127.0.0.1", port, "localhost", arm)


def test_arms_with_one_server_share_its_probes(listening: int, monkeypatch: pytest.MonkeyPatch) -> None:
    probed: list[tuple[str, int, int]] = []

    def probe(host: str, port: int, *, connections: int) -> float:
        probed.append((host, port, connections))
        return 0.5

    monkeypatch.setattr(link, "probe", probe)
    no_server = endpoint(0)
    assert round_trips_ms((endpoint(listening), no_server, endpoint(listening))) == {0: 0.5, 2: 0.5}
    assert probed == [("127.0.0.1", listening, PROBES)]
    foreign = replace(endpoint(1), arm=replace(endpoint(1).arm, server=ServerAddress("127.0.0.1", 1)))
    round_trips_ms((foreign,))
    assert probed[1:] == [("127.0.0.1", 1, FOREIGN_PROBES)]


def test_a_target_where_nobody_answers_is_named() -> None:
    with socket.socket() as bound:  # the port is taken, and no one listens there
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        expected = (
            rf"^localhost:{port} \(arm 'to {port}'\): Connection refused: .*start the server.*; nothing was sent$"
        )
        with pytest.raises(TargetUnreachable, match=expected):
            round_trips_ms((endpoint(port),))


@pytest.mark.parametrize(
    ("host", "expected"),
    [("a..b", "is not a host name: correct the arm's server"), ("gone.invalid", "correct the host name")],
)
def test_a_name_that_leads_nowhere_is_told_with_what_to_do(
    host: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_up(name: str, *_: object, **__: object) -> None:
        raise UnicodeError if ".." in name else socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    arm = replace(endpoint(1).arm, server=ServerAddress(host, 25))
    with pytest.raises(TargetUnreachable, match=rf"^{host} \(arm 'to 1'\).*{expected}.*; nothing was sent$"):
        targets._address(arm, ServerAddress(host, 25))
