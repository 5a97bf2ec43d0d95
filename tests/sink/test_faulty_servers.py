"""Every point at which something can go wrong, over real sockets: what the client hears, and what the ledger has."""

from __future__ import annotations

import socket
import time
from base64 import b64encode
from contextlib import suppress
from typing import Any

import pytest

from benchkit.model.endpoint import Listener
from benchkit.model.scenario import Delay, Fault, Limit, Security

DELAY_MS = 30
LEAST_S = DELAY_MS / 1e3
ENVELOPE = [b"MAIL FROM:<a@b.example>\r\n", b"RCPT TO:<c@d.example>\r\n", b"DATA\r\n"]
CONTENT = b"hi\r\n.\r\n"
SMTP = [b"EHLO c\r\n", b"AUTH PLAIN AHUAcA==\r\n", *ENVELOPE, CONTENT, b"QUIT\r\n"]
FINE = "220 250 235 250 250 354 250 221"


def smtp(*faults: Fault, **limit: Any) -> Listener:
    return Listener(0, "smtp", Security.NONE, username="u", password="p", faults=faults, limit=Limit(**limit))


def converse(sink: Any, commands: list[bytes]) -> str:
    """One command a turn, the codes heard, "-" where the connection ended; no content unless it was asked for."""
    heard: list[str] = []
    with sink.connect() as client, client.makefile("rb") as replies:
        for command in [b"", *commands]:
            if command == CONTENT and heard[-1] != "354":
                continue
            try:
                client.sendall(command)
                heard.append(reply_code(replies))
            except OSError:
                heard.append("-")
            if heard[-1] == "-":
                break
    return " ".join(heard)


def reply_code(replies: Any) -> str:
    while line := replies.readline():
        if line[3:4] == b" ":
            return str(line[:3], "ascii")
    return "-"


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
    sink = running(Listener(0, "smtp", Security.STARTTLS, faults=(Fault("starttls", **fault),)))
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
        Listener(0, "smtp", Security.STARTTLS, faults=(Fault("starttls", delay=Delay("constant", DELAY_MS)),))
    )
    with sink.connect() as client:
        client.recv(1000)
        client.sendall(b"STARTTLS\r\n")
        assert client.recv(1000).startswith(b"220 2.0.0")
        with sink.tls.wrap_socket(client, server_hostname="localhost") as secured:
            secured.sendall(b"QUIT\r\n")
            assert secured.recv(1000).startswith(b"221")


def test_messages_of_a_connection(running: Any) -> None:
    sink = running(smtp(messages_per_connection=2))
    mail = [*ENVELOPE, CONTENT]
    assert converse(sink, [b"EHLO c\r\n", *mail * 3]) == "220 250" + " 250 250 354 250" * 2 + " 421 -"
    assert converse(sink, [b"EHLO c\r\n", *mail]) == "220 250 250 250 354 250"
    assert len(sink.ledger.arrivals) == 3


def test_over_the_rate(running: Any) -> None:
    sink = running(smtp(rate_per_s=0.001, burst=2))
    mail = [*ENVELOPE, CONTENT]
    assert converse(sink, [b"EHLO c\r\n", *mail * 3]) == "220 250" + " 250 250 354 250" * 2 + " 450 503 503"


def test_silence_ends_a_connection_with_a_421(running: Any) -> None:
    sink = running(smtp(idle_s=0.02))
    with sink.connect() as client, client.makefile("rb") as replies:
        assert [reply_code(replies) for _ in range(3)] == ["220", "421", "-"]
    sink.wait_until_empty()


def test_the_servers_own_silence_is_not_the_clients(running: Any) -> None:
    sink = running(smtp(Fault("content", delay=Delay("constant", 10 * DELAY_MS)), idle_s=DELAY_MS / 1e3))
    assert converse(sink, [b"".join([b"EHLO c\r\n", *ENVELOPE, CONTENT])]) == "220 250"
    sink.wait_until(lambda: len(sink.ledger.arrivals) == 1)


AUTH = "Basic " + b64encode(b"api:key").decode()
BODY = b"from=a%40b.example&to=c%40d.example&text=hi"
REQUEST = (
    f"POST /v3/d/messages HTTP/1.1\r\nHost: x\r\nAuthorization: {AUTH}\r\n"
    f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(BODY)}\r\n\r\n"
).encode() + BODY


def api(*faults: Fault, security: Security = Security.NONE, **limit: Any) -> Listener:
    return Listener(
        0, "api", security, "mailgun", password="key", auth_required=True, faults=faults, limit=Limit(**limit)
    )


def ask(sink: Any, requests: int) -> list[bytes]:
    """The answers to so many pipelined requests, as far as they come."""
    with sink.connect() as client, client.makefile("rb") as answers:
        try:
            client.sendall(REQUEST * requests)
            return [answer for _ in range(requests) if (answer := read_answer(answers))]
        except ConnectionResetError:
            return []


def read_answer(answers: Any) -> bytes:
    head = b""
    while (line := answers.readline()) not in (b"\r\n", b""):
        head += line
    length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"content-length")), 0)
    return bytes(head + answers.read(length))


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
def test_a_dropped_connection_of_the_api(running: Any, at: str, taken: int) -> None:
    sink = running(api(Fault(at, drop=True)))
    assert ask(sink, 2) == []
    sink.wait_until_empty()
    assert len(sink.ledger.arrivals) == taken


@pytest.mark.parametrize("at", ["connect", "request", "response"])
def test_a_delay_of_the_api(running: Any, at: str) -> None:
    sink = running(api(Fault(at, delay=Delay("constant", DELAY_MS))))
    started = time.perf_counter()
    answers = ask(sink, 3)
    assert [answer[:15] for answer in answers] == [b"HTTP/1.1 200 OK"] * 3
    assert time.perf_counter() - started >= LEAST_S * (1 if at == "connect" else 3)


def test_requests_of_a_connection(running: Any) -> None:
    sink = running(api(messages_per_connection=2))
    first, second = ask(sink, 3)
    assert b"connection: close" not in first
    assert b"connection: close" in second
    assert len(sink.ledger.arrivals) == 2


@pytest.mark.parametrize(
    ("limit", "promises"),
    [
        ({"messages_per_connection": 3}, [b"max=2", b"max=1", b""]),
        ({"idle_s": 7.5}, [b"timeout=7"] * 3),
        ({"idle_s": 7.5, "messages_per_connection": 3}, [b"timeout=7, max=2", b"timeout=7, max=1", b""]),
        ({"rate_per_s": 1000.0}, [b""] * 3),
    ],
)
def test_what_a_connection_will_still_bear_is_announced(
    running: Any, limit: dict[str, Any], promises: list[bytes]
) -> None:
    answers = ask(running(api(**limit)), 3)
    headers = [dict(line.split(b": ", 1) for line in answer.split(b"\r\n")[1:] if b": " in line) for answer in answers]
    assert [header.get(b"keep-alive", b"") for header in headers] == promises
    assert [header.get(b"connection") == b"close" for header in headers] == [
        not promise and "messages_per_connection" in limit for promise in promises
    ]


def test_silence_ends_a_connection_of_the_api_without_a_word(running: Any) -> None:
    sink = running(api(idle_s=0.02))
    with sink.connect() as client:
        assert client.recv(1) == b""
    sink.wait_until_empty()


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
def test_silence_under_tls_ends_with_a_good_bye_that_nobody_need_answer(running: Any, loop: str) -> None:
    sink = running(api(security=Security.IMPLICIT, idle_s=0.05), loop=loop)
    with (
        sink.connect() as plain,
        sink.tls.wrap_socket(plain, server_hostname="localhost", suppress_ragged_eofs=False) as client,
    ):
        assert client.recv(1) == b""
        sink.wait_until_empty()


@pytest.mark.parametrize(("bytes_", "status"), [(len(BODY), b"200"), (len(BODY) - 1, b"413")])
def test_the_largest_request_that_it_takes(running: Any, bytes_: int, status: bytes) -> None:
    sink = running(api(message_bytes=bytes_))
    (answer,) = ask(sink, 1)
    assert answer[9:12] == status
    assert len(sink.ledger.arrivals) == (status == b"200")


def test_over_the_rate_of_the_api(running: Any) -> None:
    sink = running(api(rate_per_s=0.1, burst=2))
    *fine, over = ask(sink, 3)
    assert [answer[9:12] for answer in fine] == [b"200"] * 2
    assert over.startswith(b"HTTP/1.1 429 Too Many Requests\r\n")
    assert b"retry-after: 10\r\n" in over
    assert b'"message"' in over


def test_faults_under_tls(running: Any) -> None:
    sink = running(api(Fault("response", drop=True), security=Security.IMPLICIT))
    with sink.connect() as plain, sink.tls.wrap_socket(plain, server_hostname="localhost") as client:
        client.sendall(REQUEST)
        with suppress(ConnectionResetError):
            assert client.recv(1000) == b""
    assert len(sink.ledger.arrivals) == 1


def test_a_fault_of_one_arm_is_not_anothers(running: Any) -> None:
    sink = running(smtp(Fault("banner", drop=True)), Listener(1, "smtp", Security.NONE))
    with socket.create_connection(("127.0.0.1", sink.ports[1])) as client:
        assert client.recv(3) == b"220"
