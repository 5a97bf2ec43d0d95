"""The MTA-STS policy file as a sender would get it, and each reason why a sender would not."""

from __future__ import annotations

import asyncio
import ssl

import pytest
import trustme

from benchkit.audit.connect_probe import HttpsAccess, HttpsFile, fetch_policy
from tests.loopback_server import Script, client_context, server_context, serving

POLICY = "version: STSv1\nmode: enforce\nmx: mx.shop.test\nmax_age: 604800\n"
HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n"
HOST = "mta-sts.shop.test"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def saying(response: str, heard: list[bytes] | None = None) -> Script:
    async def script(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        head = await incoming.readuntil(b"\r\n\r\n")
        if heard is not None:
            heard.append(head)
        outgoing.write(response.encode("latin-1"))
        if "wait" in response:
            await incoming.read()
        outgoing.close()
        await outgoing.wait_closed()

    return script


def with_length(body: str, head: str = "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8") -> str:
    return f"{head}\r\ncontent-length: {len(body)}\r\n\r\n{body}"


def fetched(script: Script, context: ssl.SSLContext, trust: ssl.SSLContext, *before: str) -> HttpsFile:
    async def run() -> HttpsFile:
        async with serving(script, context) as port:
            access = HttpsAccess(port, 1.0, trust, allow_private=True)
            return await fetch_policy("shop.test", [*before, "127.0.0.1"], access)

    return asyncio.run(run())


@pytest.mark.parametrize(
    "response",
    [
        with_length(POLICY),
        f"HTTP/1.1 200 OK\r\nContent-Type: TEXT/PLAIN\r\n\r\n{POLICY}",
        f"{HEAD}transfer-encoding: chunked\r\n\r\n{len(POLICY):x}\r\n{POLICY}\r\n0\r\n\r\n",
    ],
)
def test_a_policy_that_a_sender_takes(authority: trustme.CA, response: str) -> None:
    heard: list[bytes] = []
    found = fetched(saying(response, heard), server_context(authority, HOST), client_context(authority))
    assert (found.error, found.status, found.answered) == ("", 200, True)
    assert found.body.decode() == POLICY
    assert found.url == "https://mta-sts.shop.test/.well-known/mta-sts.txt"
    assert heard[0].startswith(b"GET /.well-known/mta-sts.txt HTTP/1.1\r\nhost: mta-sts.shop.test\r\n")


@pytest.mark.parametrize(
    ("response", "status", "error"),
    [
        ("HTTP/1.1 301 Moved\r\nlocation: https://else.test/\r\ncontent-length: 0\r\n\r\n", 301, "redirect"),
        (with_length("", "HTTP/1.1 404 Not Found"), 404, "HTTP status 404"),
        (with_length(POLICY, "HTTP/1.1 200 OK\r\ncontent-type: text/html"), 200, "media type text/html"),
        (with_length(POLICY, "HTTP/1.1 200 OK"), 200, "media type (none)"),
        (with_length("x" * 65_537), 200, "larger than 65536"),
        (with_length("x" * 200_000), 0, "larger than"),
        ("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 99\r\n\r\nshort", 0, "whole"),
        ("220 mail.test ESMTP\r\n", 0, "HTTP"),
        ("", 0, "whole"),
    ],
)
def test_what_a_sender_does_not_take(authority: trustme.CA, response: str, status: int, error: str) -> None:
    found = fetched(saying(response), server_context(authority, HOST), client_context(authority))
    assert (found.status, found.answered) == (status, True)
    assert error in found.error


def test_a_certificate_for_another_name(authority: trustme.CA) -> None:
    found = fetched(saying(with_length(POLICY)), server_context(authority, "shop.test"), client_context(authority))
    assert found.answered
    assert "mismatch" in found.error
    assert not found.body


def test_a_server_that_never_ends(authority: trustme.CA) -> None:
    found = fetched(
        saying("HTTP/1.1 200 OK\r\nwait: 1\r\n"), server_context(authority, HOST), client_context(authority)
    )
    assert (found.answered, found.error) == (False, "no answer within 1 s")


def test_the_next_address_is_tried_where_nobody_answers(authority: trustme.CA) -> None:
    script = saying(with_length(POLICY))
    found = fetched(script, server_context(authority, HOST), client_context(authority), "127.0.0.2")
    assert (found.error, found.address) == ("", "127.0.0.1")


def test_no_address() -> None:
    found = asyncio.run(fetch_policy("shop.test", [], HttpsAccess()))
    assert not found.answered
    assert found.error
