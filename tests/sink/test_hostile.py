"""Clients that mean harm or know no better: the sink lives, forgets them, and serves the next."""

from __future__ import annotations

import random
import socket
import struct
from contextlib import suppress
from typing import Any

import pytest

from benchkit.model.endpoint import ListenerConfig
from benchkit.model.scenario import Security

SMTP = ListenerConfig(0, "smtp", Security.NONE)
STARTTLS = ListenerConfig(0, "smtp", Security.STARTTLS)
API = ListenerConfig(0, "api", Security.NONE, "mailgun")
HTTPS = ListenerConfig(0, "api", Security.IMPLICIT, "mailgun")
CONFIGS = {"smtp": SMTP, "api": API, "https": HTTPS}

NOISE = random.Random(7).randbytes(200_000)
ATTACKS = {
    "nothing": b"",
    "NULs": b"\0" * 100_000,
    "noise": NOISE,
    "a huge line": b"x" * 1_000_000 + b"\r\nQUIT\r\n",
    "a huge header": b"POST /v3/d/messages HTTP/1.1\r\nX: " + b"x" * 1_000_000,
    "many commands": b"NOOP\r\n" * 20_000,
    "many requests": b"GET / HTTP/1.1\r\n\r\n" * 5_000,
    "line ends": b"\r\n" * 50_000,
    "endless content": b"EHLO x\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<a@b.c>\r\nDATA\r\n" + b"\r\n.x" * 100_000,
}

NO_HANDSHAKE = {"nothing": b"", "SMTP": b"EHLO x\r\n", "noise": NOISE[:500], "half of one": b"\x16\x03\x01\x02\0\x01"}


@pytest.mark.parametrize("transcript", [False, True], ids=["quick", "careful"])
@pytest.mark.parametrize("listener", CONFIGS)
@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_it_lives_and_forgets(running: Any, attack: bytes, listener: str, transcript: bool) -> None:
    sink = running(CONFIGS[listener], transcript=transcript)
    with sink.connect() as client:
        try:
            client.settimeout(0.2)
            client.sendall(attack)
        except OSError:
            pass  # it hung up, or stopped reading from one who does not read: both are right
    sink.wait_until_empty()
    assert sink.ledger.arrivals == []
    with sink.connect():
        sink.wait_until(lambda: sink.sink.open_connections == (listener != "https"))


def test_a_reset_in_the_middle(running: Any) -> None:
    sink = running(SMTP)
    client = sink.connect()
    client.recv(1000)
    client.sendall(b"EHLO x\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<a@b.c>\r\nDATA\r\nhalf")
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    sink.wait_until_empty()
    assert sink.ledger.arrivals == []


def test_replies_that_nobody_reads_do_not_pile_up(running: Any) -> None:
    """The sink stops reading from a client that does not read; without that its memory would be the client's to fill."""
    sink = running(SMTP)
    with sink.connect() as client:
        client.setblocking(False)
        sent = 0
        for _ in range(2_000):
            try:
                sent += client.send(b"HELP\r\n" * 10_000)
            except BlockingIOError:
                sink.call(lambda: None)
        (connection,) = sink.sink._connections.live
        assert sink.call(connection.transport.get_write_buffer_size) < 5_000_000
        assert sent < 60_000 * 2_000
    sink.wait_until_empty()


@pytest.mark.parametrize("begun", [b"", b"PO"], ids=["silent", "half a word"])
@pytest.mark.parametrize("listener", [SMTP, API], ids=["smtp", "api"])
def test_the_silent_are_cut_off(running: Any, listener: ListenerConfig, begun: bytes) -> None:
    """Slowloris: a client that is silent between two sweeps is closed; one that wrote stays until the next."""
    sink = running(listener)
    with sink.connect() as client:
        client.sendall(begun)
        sink.wait_until(lambda: sink.sink.open_connections == 1)
        for _ in range(3):
            sink.call(sink.sink._connections.sweep)
        sink.wait_until_empty()


def test_sweeps_come_by_themselves(running: Any) -> None:
    sink = running(SMTP, idle_s=0.02)
    with sink.connect() as client:
        while client.recv(1000):
            pass
    sink.wait_until_empty()


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
@pytest.mark.parametrize(
    "said", [b"", b"EHLO x\r\n", NOISE[:500], b"\x16\x03\x01\x02\0\x01"], ids=["nothing", "SMTP", "noise", "half"]
)
def test_no_tls_after_starttls(running: Any, said: bytes, loop: str) -> None:
    sink = running(STARTTLS, loop=loop)
    with sink.connect() as client:
        client.recv(1000)
        client.sendall(b"STARTTLS\r\n")
        assert client.recv(1000).startswith(b"220")
        client.sendall(said)
    sink.wait_until_empty()


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
@pytest.mark.parametrize("listener", [SMTP, STARTTLS, API], ids=["smtp", "starttls", "api"])
def test_stopping_cuts_whoever_is_there(running: Any, listener: ListenerConfig, loop: str) -> None:
    sink = running(listener, loop=loop)
    with sink.connect() as client:
        sink.wait_until(lambda: sink.sink.open_connections == 1)
        if listener is STARTTLS:
            client.recv(1000)
            client.sendall(b"STARTTLS\r\n")
            client.recv(1000)
        sink.run(sink.sink.stop())
        with suppress(ConnectionResetError):
            while client.recv(1000):
                pass


def test_a_thousand_connections_leave_nothing(running: Any) -> None:
    sink = running(SMTP, API)
    for port in sink.ports * 500:
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"QUIT\r\n")
    sink.wait_until_empty()


_ENDLESS_HEADS = {"one field": b"x" * 65_536, "many fields": b"x: y\r\n" * 10_000}


@pytest.mark.parametrize("piece", _ENDLESS_HEADS.values(), ids=_ENDLESS_HEADS)
def test_a_head_without_end_is_refused_and_not_kept(running: Any, piece: bytes) -> None:
    sink = running(API)
    with sink.connect() as client:
        client.settimeout(2.0)
        client.sendall(b"POST /v3/d/messages HTTP/1.1\r\nX: ")
        with suppress(OSError):
            for _ in range(200):
                client.sendall(piece)
        received = b""
        with suppress(OSError):
            while data := client.recv(65_536):
                received += data
        assert not received or received.startswith(b"HTTP/1.1 431 ")
    sink.wait_until_empty()
