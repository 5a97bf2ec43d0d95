"""Every point at which SMTP can go wrong, over real sockets: what the client hears, and what the ledger has."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest

from benchkit.model.endpoint import ListenerConfig
from benchkit.model.scenario import Delay, Fault, Security
from tests.sink.plain_clients import FINE, SMTP, converse, reply_code, smtp

DELAY_MS = 30
LEAST_S = DELAY_MS / 1e3


REPLIES = {
    "banner": ("554 5.3.2 closed", "554 -"),
    "ehlo": ("421 4.3.2 later", "220 421 -"),
    "auth": ("454 4.7.0 later", "220 250 454 250 250 354 250 221"),
    "mail": ("450 4.2.1 busy", "220 250 235 450 503 503 221"),
    "rcpt": ("550 5.1.1 unknown", "220 250 235 250 550 503 221"),
    "data": ("451 4.3.0 no", "220 250 235 250 250 451 221"),
    "content": ("552 5.3.4 too big", "220 250 235 250 250 354 552 221"),
    "quit": ("500 5.5.1 no", "220 250 235 250 250 354 250 500"),
}
TAKEN = {"auth", "quit"}


@pytest.mark.parametrize(("at", "reply", "heard"), [(at, *rest) for at, rest in REPLIES.items()], ids=REPLIES)
def test_a_reply(running: Any, at: str, reply: str, heard: str) -> None:
    sink = running(smtp(Fault(at, reply=reply)))
    assert converse(sink, SMTP) == heard
    assert len(sink.ledger.arrivals) == (at in TAKEN)
    sink.wait_until_empty()


DROPS = {
    "connect": "-",
    "banner": "-",
    "ehlo": "220 -",
    "auth": "220 250 -",
    "mail": "220 250 235 -",
    "rcpt": "220 250 235 250 -",
    "data": "220 250 235 250 250 -",
    "content": "220 250 235 250 250 354 -",
    "quit": "220 250 235 250 250 354 250 -",
}


@pytest.mark.parametrize(("at", "heard"), DROPS.items())
def test_a_dropped_connection(running: Any, at: str, heard: str) -> None:
    """At `content` the message was taken, and the client cannot know: that is what makes an outcome ambiguous."""
    sink = running(smtp(Fault(at, drop=True)))
    assert converse(sink, SMTP) == heard
    sink.wait_until_empty()
    assert len(sink.ledger.arrivals) == (at in ("content", "quit"))


@pytest.mark.parametrize("at", DROPS)
def test_a_delay(running: Any, at: str) -> None:
    sink = running(smtp(Fault(at, delay=Delay("constant", DELAY_MS))))
    started = time.perf_counter()
    assert converse(sink, SMTP) == FINE
    assert time.perf_counter() - started >= LEAST_S
    assert len(sink.ledger.arrivals) == 1


def test_a_server_that_says_yes_and_takes_nothing(running: Any) -> None:
    """What a run must find out: accepted, and missing."""
    sink = running(smtp(Fault("content", reply="250 2.0.0 OK")))
    assert converse(sink, SMTP) == FINE
    assert sink.ledger.arrivals == []


def test_another_banner(running: Any) -> None:
    sink = running(smtp(Fault("banner", reply="220 relay.example ready")))
    assert converse(sink, SMTP) == FINE


def test_a_delay_keeps_the_order_of_replies(running: Any) -> None:
    sink = running(smtp(Fault("rcpt", delay=Delay("constant", DELAY_MS))))
    with sink.connect() as client, client.makefile("rb") as replies:
        client.sendall(b"".join(SMTP))
        assert " ".join(reply_code(replies) for _ in FINE.split()) == FINE


def test_a_client_that_leaves_during_a_delay_takes_its_timer_with_it(running: Any) -> None:
    sink = running(smtp(Fault("banner", delay=Delay("constant", 60_000))))
    with sink.connect():
        sink.wait_until(lambda: sink.sink.open_connections == 1)
    sink.call(lambda: [connection.transport.abort() for connection in sink.sink._connections.live])
    sink.wait_until_empty()


@pytest.mark.parametrize(("fault", "heard"), [({"reply": "454 4.7.0 later"}, b"454"), ({"drop": True}, b"")])
def test_starttls(running: Any, fault: dict[str, Any], heard: bytes) -> None:
    sink = running(ListenerConfig(0, "smtp", Security.STARTTLS, faults=(Fault("starttls", **fault),)))
    with sink.connect() as client, client.makefile("rb") as replies:
        client.sendall(b"EHLO c\r\n")
        assert (reply_code(replies), reply_code(replies)) == ("220", "250")
        client.sendall(b"STARTTLS\r\n")
        try:
            assert replies.readline()[:3] == heard
        except ConnectionResetError:
            assert heard == b""


def test_a_delayed_starttls_still_stands(running: Any) -> None:
    sink = running(
        ListenerConfig(0, "smtp", Security.STARTTLS, faults=(Fault("starttls", delay=Delay("constant", DELAY_MS)),))
    )
    with sink.connect() as client:
        client.recv(1000)
        client.sendall(b"STARTTLS\r\n")
        assert client.recv(1000).startswith(b"220 2.0.0")
        with sink.tls.wrap_socket(client, server_hostname="localhost") as secured:
            secured.sendall(b"QUIT\r\n")
            assert secured.recv(1000).startswith(b"221")


def test_a_fault_of_one_arm_is_not_anothers(running: Any) -> None:
    sink = running(smtp(Fault("banner", drop=True)), ListenerConfig(1, "smtp", Security.NONE))
    with socket.create_connection(("127.0.0.1", sink.ports[1])) as client:
        assert client.recv(3) == b"220"
