"""Clients that never stop: the sink refuses them and keeps little of what they say. Each case has a process of its own."""

from __future__ import annotations

import itertools
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from select import select
from time import monotonic
from typing import Any

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ConnectionTerminated, ResponseReceived

from benchkit.model.endpoint import ListenerConfig
from benchkit.model.scenario import Limit, Security
from tests.sink.conftest import RunningSink
from tests.transports.hostile_smtp import peak_mb

SENT_MB, LONGEST_S = 200, 2.0
MOST_GROWN_MB = 100
PIECE = b"x" * 65_536
API = ListenerConfig(0, "api", Security.NONE, "mailgun")
SMTP = ListenerConfig(0, "smtp", Security.NONE)
POST = b"POST /v3/d/messages HTTP/1.1\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
MAIL = b"EHLO x\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<a@b.c>\r\n"
# What a client begins with, and what it then repeats.
CASES: dict[str, tuple[ListenerConfig, bytes, bytes]] = {
    "a target": (API, b"POST /", PIECE),
    "a field name": (API, POST, PIECE),
    "a field value": (API, POST + b"X: ", PIECE),
    "short fields": (API, POST, b"a:b\r\n" * 10_000),
    "empty lines": (API, b"", b"\r\n" * 30_000),
    "a chunk's extension": (API, CHUNKED + b"1;", PIECE),
    "a chunk's size": (API, CHUNKED, b"0" * 65_536),
    "chunks": (API, CHUNKED, b"10000\r\n" + PIECE + b"\r\n"),
    "tiny chunks": (API, CHUNKED, b"1\r\nx\r\n" * 10_000),
    "trailers": (API, CHUNKED + b"0\r\n", b"a:b\r\n" * 10_000),
    "a trailer": (API, CHUNKED + b"0\r\na: ", PIECE),
    "a body": (API, POST + b"Content-Length: 999999999\r\n\r\n", PIECE),
    "a command": (SMTP, b"", PIECE),
    "a parameter": (SMTP, b"EHLO x\r\nMAIL FROM:<", PIECE),
    "recipients": (SMTP, MAIL, b"RCPT TO:<a@b.c>\r\n" * 4_000),
    "content": (SMTP, MAIL + b"DATA\r\n", PIECE),
    "dots": (SMTP, MAIL + b"DATA\r\n", b"\r\n.." * 16_000),
    "BDAT": (SMTP, MAIL, b"BDAT 65536\r\n" + PIECE),
    "tiny BDAT": (SMTP, MAIL, b"BDAT 2\r\nxx" * 5_000),
    "an AUTH line": (SMTP, b"EHLO x\r\nAUTH PLAIN ", PIECE),
}


def grown_mb(case: str) -> float:
    """What a sink's process takes more, once it has been sent 200 MB, or for two seconds, or has hung up."""
    listener, begin, piece = CASES[case]
    sink = RunningSink(listener)
    before = peak_mb()
    with sink.connect() as client:
        client.settimeout(5.0)
        until_s = monotonic() + LONGEST_S
        with suppress(OSError):
            client.sendall(begin)
            for _ in range(SENT_MB * 1_000_000 // len(piece)):
                client.sendall(piece)
                while select([client], [], [], 0)[0] and client.recv(1 << 20):
                    pass
                if monotonic() > until_s:
                    break
    sink.wait_until_empty()
    sink.close()
    assert sink.ledger.arrivals == []
    return peak_mb() - before


@pytest.mark.parametrize("case", CASES)
def test_what_never_ends_takes_little_memory(case: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.sink.test_memory", case], capture_output=True, text=True, check=True, timeout=60
    )
    assert float(run.stdout) < MOST_GROWN_MB


class Http2Client:
    """A client of the sink over HTTP/2 with prior knowledge, which sends what its windows allow."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._h2 = H2Connection(H2Configuration(client_side=True))
        self._h2.initiate_connection()
        self.answers: dict[int, bytes] = {}
        self.closed = False

    def begin(self) -> int:
        stream = self._h2.get_next_available_stream_id()
        fields = [(":method", "POST"), (":path", "/v3/d/messages"), (":scheme", "http"), (":authority", "x")]
        self._h2.send_headers(stream, fields)
        return stream

    def send(self, stream: int, size: int) -> int:
        """Of a body of `size` bytes, what could be sent before the answer."""
        sent = 0
        while sent < size and stream not in self.answers and not self.closed:
            room = min(self._h2.local_flow_control_window(stream), 16_384, size - sent)
            if room:
                self._h2.send_data(stream, b"x" * room)
                sent += room
            self.exchange(wait=not room)
        return sent

    def exchange(self, *, wait: bool) -> None:
        self._socket.sendall(self._h2.data_to_send())
        self._socket.settimeout(5.0 if wait else 0.0)
        try:
            data = self._socket.recv(1 << 20)
        except BlockingIOError:
            return
        finally:
            self._socket.settimeout(5.0)
        self.closed = self.closed or not data
        for event in self._h2.receive_data(data):
            if isinstance(event, ResponseReceived):
                self.answers[event.stream_id] = next(value for name, value in event.headers if name == b":status")
            elif isinstance(event, ConnectionTerminated):
                self.closed = True


SMALL = ListenerConfig(0, "api", Security.NONE, "mailgun", limit=Limit(message_bytes=300_000))
Running = Callable[..., Any]


def test_a_body_over_http2_that_is_too_large_is_refused_before_its_end(running: Running) -> None:
    sink = running(SMALL)
    with sink.connect() as connected:
        client = Http2Client(connected)
        for _ in range(3):
            stream = client.begin()
            assert 300_000 < client.send(stream, 2_000_000) < 500_000
            assert client.answers[stream] == b"413"
    sink.wait_until_empty()


def test_many_bodies_over_http2_fill_no_more_than_two(running: Running) -> None:
    sink = running(SMALL)
    with sink.connect() as connected:
        client = Http2Client(connected)
        streams: Iterator[int] = (client.begin() for _ in itertools.count())
        sent = 0
        with suppress(OSError):
            while not client.closed and sent < 2_000_000:
                sent += client.send(next(streams), 200_000)
        assert 600_000 <= sent < 1_000_000
    sink.wait_until_empty()


if __name__ == "__main__":
    sys.stdout.write(str(grown_mb(sys.argv[1])))
