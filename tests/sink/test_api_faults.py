"""Every point at which an API can go wrong, over real sockets: what the client hears, and what the ledger has."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import pytest

from benchkit.model.scenario import Delay, Fault, Security
from tests.sink.plain_clients import REQUEST, api, ask

DELAY_MS = 30
LEAST_S = DELAY_MS / 1e3


@pytest.mark.parametrize("at", ["request", "response"])
def test_a_status(running: Any, at: str) -> None:
    sink = running(api(Fault(at, status=503, retry_after_s=4)))
    first, second = ask(sink, 2)
    assert first == second
    assert first.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert b"retry-after: 4\r\n" in first
    assert first.endswith(b'{"message": "Service Unavailable"}')
    assert sink.ledger.arrivals == []


@pytest.mark.parametrize(("at", "taken"), [("connect", 0), ("request", 0), ("response", 1)])
def test_a_dropped_connection(running: Any, at: str, taken: int) -> None:
    sink = running(api(Fault(at, drop=True)))
    assert ask(sink, 2) == []
    sink.wait_until_empty()
    assert len(sink.ledger.arrivals) == taken


@pytest.mark.parametrize("at", ["connect", "request", "response"])
def test_a_delay(running: Any, at: str) -> None:
    sink = running(api(Fault(at, delay=Delay("constant", DELAY_MS))))
    started = time.perf_counter()
    answers = ask(sink, 3)
    assert [answer[:15] for answer in answers] == [b"HTTP/1.1 200 OK"] * 3
    assert time.perf_counter() - started >= LEAST_S * (1 if at == "connect" else 3)


def test_faults_under_tls(running: Any) -> None:
    sink = running(api(Fault("response", drop=True), security=Security.IMPLICIT))
    with sink.connect() as plain, sink.tls.wrap_socket(plain, server_hostname="localhost") as client:
        client.sendall(REQUEST)
        with suppress(ConnectionResetError):
            assert client.recv(1000) == b""
    assert len(sink.ledger.arrivals) == 1
