"""DNS over TLS and over HTTPS: verified, kept open, opened again, and every way in which a server can be no resolver."""

from __future__ import annotations

import asyncio
import ssl

import dns.message
import pytest
import trustme
from dns.message import QueryMessage

from benchkit.model.dns import Answer, Ask
from benchkit.resolver import open_live
from tests.loopback_server import Script, client_context, server_context, serving
from tests.resolver.scripted import CALM, reply


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def answer_to(wire: bytes) -> bytes:
    query = dns.message.from_wire(wire)
    assert isinstance(query, QueryMessage)
    return reply(query, f"{query.question[0].name} 9 IN A 192.0.2.1")


async def over_tls(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
    while length := await incoming.readexactly(2):
        response = answer_to(await incoming.readexactly(int.from_bytes(length, "big")))
        outgoing.write(len(response).to_bytes(2, "big") + response)


def over_https(template: str, heads: list[bytes] | None = None) -> Script:
    """Answers with `template`, whose {length} and {body} are filled in."""

    async def serve(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        while head := await incoming.readuntil(b"\r\n\r\n"):
            if heads is not None:
                heads.append(head)
            wire = await incoming.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
            assert wire[:2] == b"\x00\x00"
            body = answer_to(wire)
            before, _, after = template.format(length=len(body), body="|").partition("|")
            outgoing.write(before.encode() + (body if "{body}" in template else b"") + after.encode())
            if "close" in template:
                outgoing.close()
                return

    return serve


WELL = "HTTP/1.1 200 OK\r\ncontent-type: application/dns-message\r\ncontent-length: {length}\r\n\r\n{body}"


def asked(
    authority: trustme.CA, serve: Script, address: str, *names: str, trusted: bool = True
) -> tuple[list[Answer], int]:
    """The answers to questions one after the other, and how many connections were opened."""
    connections = 0

    async def counted(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await serve(incoming, outgoing)

    async def each(ask: Ask) -> list[Answer]:
        return [await ask(name, "A") for name in names]

    async def run() -> list[Answer]:
        context = client_context(authority) if trusted else ssl.create_default_context()
        async with (
            asyncio.timeout(20),
            serving(counted, server_context(authority, "127.0.0.1", "dns.test")) as port,
            open_live([address.format(port=port)], timeouts=CALM, tls=context) as ask,
        ):
            return await each(ask)

    return asyncio.run(run()), connections


@pytest.mark.parametrize("address", ["tls://127.0.0.1:{port}", "tls://127.0.0.1:{port}#dns.test"])
def test_tls_keeps_one_connection(authority: trustme.CA, address: str) -> None:
    answers, connections = asked(authority, over_tls, address, "1.example", "2.example", "3.example")
    assert [answer.state for answer in answers] == ["ok"] * 3
    assert answers[0].resolver.startswith("tls://127.0.0.1:")
    assert connections == 1


@pytest.mark.parametrize(
    ("address", "trusted"), [("tls://127.0.0.1:{port}#else.test", True), ("tls://127.0.0.1:{port}", False)]
)
def test_tls_is_verified(authority: trustme.CA, address: str, trusted: bool) -> None:
    (answer,), _ = asked(authority, over_tls, address, "1.example", trusted=trusted)
    assert answer.state == "timeout"
    assert "certificate" in answer.ede[0].lower()


def test_https_keeps_one_connection(authority: trustme.CA) -> None:
    heads: list[bytes] = []
    address = "https://127.0.0.1:{port}/dns-query"
    answers, connections = asked(authority, over_https(WELL, heads), address, "1.example", "2.example")
    assert [answer.state for answer in answers] == ["ok", "ok"]
    assert connections == 1
    assert heads[0].startswith(b"POST /dns-query HTTP/1.1\r\n")
    assert b"content-type: application/dns-message\r\n" in heads[0]


def test_https_opens_again_when_the_server_has_closed(authority: trustme.CA) -> None:
    closing = WELL.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n")
    answers, connections = asked(authority, over_https(closing), "https://127.0.0.1:{port}/", "1.example", "2.example")
    assert [answer.state for answer in answers] == ["ok", "ok"]
    assert connections == 2


@pytest.mark.parametrize(
    ("template", "state"),
    [
        ("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", "malformed"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", "malformed"),
        ("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n", "timeout"),
        ("HTTP/1.1 301 Moved\r\nlocation: /else\r\ncontent-length: 0\r\n\r\n", "timeout"),
        ("220 mail.test ESMTP\r\n", "timeout"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 2000000\r\n\r\n" + "x" * 1_100_000, "timeout"),
        ("HTTP/1.1 200 OK\r\nclose: 1\r\ncontent-length: 50\r\n\r\nhello", "timeout"),
    ],
)
def test_https_that_is_no_resolver(authority: trustme.CA, template: str, state: str) -> None:
    (answer,), _ = asked(authority, over_https(template), "https://127.0.0.1:{port}/", "1.example")
    assert answer.state == state
    assert answer.ede
