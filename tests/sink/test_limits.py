"""The limits of a server, over real sockets: messages per connection and per second, silence, size; and its replies."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from benchkit.model.endpoint import ListenerConfig
from benchkit.model.scenario import Delay, Fault, Security
from benchkit.providers import PROVIDERS
from tests.sink.conftest import heard
from tests.sink.plain_clients import BODY, CONTENT, ENVELOPE, api, ask, converse, reply_code, smtp


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


@pytest.mark.parametrize("listener", [smtp, api])
def test_the_servers_own_silence_is_not_the_clients(running: Any, listener: Callable[..., ListenerConfig]) -> None:
    """It also stops when the server ends: the client may then be silent for any time."""
    sink = running(listener(Fault("connect", delay=Delay("constant", 150)), idle_s=0.1))
    started = time.perf_counter()
    with sink.connect() as client:
        heard(client)
    assert time.perf_counter() - started >= 0.24


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


# Of each provider: the line of a 429, what its header must have, what it must not, and its words.
THROTTLED = {
    "mailgun": (b"429", b"", b"retry-after", b"try again after 10 seconds"),
    "resend": (
        b"429",
        b"retry-after: 10\r\nratelimit-limit: 2\r\nratelimit-remaining: 0\r\nratelimit-reset: 20\r\n",
        b"",
        b"rate_limit",
    ),
    "sendgrid": (b"429", b"x-ratelimit-remaining: 0\r\n", b"retry-after", b"too many requests"),
    "ses": (
        b"429",
        b"x-amzn-errortype: TooManyRequestsException\r\n",
        b"retry-after",
        b"Maximum sending rate exceeded",
    ),
    "brevo": (b"429", b"x-sib-ratelimit-reset: 20\r\n", b"retry-after", b"too_many_requests"),
    "sparkpost": (b"420", b"", b"retry-after", b"Exceed Sending Limit"),
    "graph": (b"429", b"retry-after: 10\r\n", b"", b"ApplicationThrottled"),
}


@pytest.mark.parametrize("provider", THROTTLED)
def test_over_the_rate_each_answers_as_the_real_one(running: Any, provider: str) -> None:
    status, header, untold, words = THROTTLED[provider]
    sink = running(replace(api(rate_per_s=0.1, burst=2), provider=provider, auth_required=False))
    target = next(path for path in PATHS if PROVIDERS[provider].server.methods(path))
    request = b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n" % target.encode()
    *_, over = sink.talk(request * 3).split(b"HTTP/1.1 ")
    assert over.startswith(status)
    assert header in over
    assert not untold or untold not in over
    assert words in over


PATHS = (
    "/v3/d/messages", "/emails", "/v3/mail/send", "/v2/email/outbound-emails", "/v3/smtp/email", "/api/v1/transmissions",
    "/v1.0/me/sendMail",
)  # fmt: skip
