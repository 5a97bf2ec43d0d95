"""What is seen of a mail server, step by step, and that a closed port is never "no STARTTLS"."""

from __future__ import annotations

import asyncio
import ssl

import pytest
import trustme

from benchkit.audit.connect_probe import MailServer, StarttlsStage, probe
from tests.loopback_server import Script, client_context, server_context, serving

OFFER = "250-mx.test greets you\r\n250-SIZE 1000\r\n250 STARTTLS\r\n"


def saying(*replies: str, tls: ssl.SSLContext | None = None, heard: list[str] | None = None) -> Script:
    """A greeting, then one reply a line; after the reply to STARTTLS, TLS."""

    async def script(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        for reply in replies:
            outgoing.write(reply.encode("latin-1"))
            line = (await incoming.readline()).decode()
            if heard is not None:
                heard.append(line.strip())
            if line.startswith("STARTTLS") and tls is not None:
                outgoing.write(b"220 go\r\n")
                await outgoing.start_tls(tls)
        await incoming.read()

    return script


def seen(script: Script, trust: ssl.SSLContext | None = None, timeout_s: float = 2.0) -> MailServer:
    async def run() -> MailServer:
        async with serving(script) as port:
            return await probe("127.0.0.1", "mx.test", port=port, trust=trust, timeout_s=timeout_s, allow_private=True)

    return asyncio.run(run())


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def test_a_trusted_server(authority: trustme.CA) -> None:
    heard: list[str] = []
    script = saying("220 mx.test ESMTP\r\n", OFFER, tls=server_context(authority, "mx.test"), heard=heard)
    server = seen(script, client_context(authority))
    assert (server.stage, server.error, server.distrust, server.offered) == (StarttlsStage.DONE, "", "", True)
    assert server.greeting == "mx.test ESMTP"
    assert server.extensions == ("SIZE 1000", "STARTTLS")
    assert server.tls_version == "TLSv1.3"
    assert server.cipher
    assert server.chain[0].is_for("mx.test")
    assert heard[:2] == ["EHLO [127.0.0.1]", "STARTTLS"]


@pytest.mark.parametrize(
    ("names", "trusted", "why"), [(("else.test",), True, "mismatch"), (("mx.test",), False, "local issuer")]
)
def test_a_server_that_is_not_trusted_shows_its_chain_all_the_same(
    authority: trustme.CA, names: tuple[str, ...], trusted: bool, why: str
) -> None:
    script = saying("220 mx.test ESMTP\r\n", OFFER, tls=server_context(authority, *names))
    server = seen(script, client_context(authority) if trusted else None)
    assert (server.stage, server.error) == (StarttlsStage.DONE, "")
    assert why in server.distrust
    assert server.chain[0].names == names


@pytest.mark.parametrize(
    ("replies", "stage", "offered", "error"),
    [
        (["220 hi\r\n", "250 alone\r\n"], StarttlsStage.STARTTLS, False, ""),
        (["220 hi\r\n", OFFER, "454 not now\r\n"], StarttlsStage.STARTTLS, True, "454 not now"),
        (["220 hi\r\n", "502 no EHLO\r\n"], StarttlsStage.EHLO, None, "502 no EHLO"),
        (["554-go\r\n554 away\r\n"], StarttlsStage.GREETING, None, "554 away"),
        (["HTTP/1.1 200 OK\r\n"], StarttlsStage.GREETING, None, "no SMTP reply"),
        (["220-x\r\n" * 1000], StarttlsStage.GREETING, None, "128 lines"),
        (["220 " + "x" * 100_000], StarttlsStage.GREETING, None, "4096 octets"),
        (["\xff\x00\xfe\r\n"], StarttlsStage.GREETING, None, "no SMTP reply"),
        ([], StarttlsStage.GREETING, None, "no answer within 0.2 s"),
        (["220 hi\r\n", "250-half\r\n"], StarttlsStage.EHLO, None, "no answer within 0.2 s"),
    ],
)
def test_how_far_the_talk_comes(replies: list[str], stage: StarttlsStage, offered: bool | None, error: str) -> None:
    server = seen(saying(*replies), timeout_s=0.2)
    assert (server.stage, server.offered) == (stage, offered)
    assert error in server.error
    assert bool(server.error) == bool(error)
    assert not server.chain


def test_a_server_that_speaks_no_tls_after_all() -> None:
    async def script(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        for reply in ("220 hi\r\n", OFFER, "220 go\r\n"):
            outgoing.write(reply.encode())
            await incoming.read(1000)
        outgoing.write(b"this is no TLS at all\r\n")
        await incoming.read()

    server = seen(script)
    assert (server.stage, server.offered) == (StarttlsStage.TLS, True)
    assert "SSL" in server.error


def test_nobody_listens() -> None:
    server = asyncio.run(probe("127.0.0.1", "mx.test", port=1, allow_private=True))
    assert (server.stage, server.offered) == (StarttlsStage.CONNECT, None)
    assert server.error


def test_a_server_that_hangs_up() -> None:
    async def script(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        outgoing.write(b"220 hi\r\n")
        await incoming.readline()

    server = seen(script)
    assert (server.stage, server.offered) == (StarttlsStage.EHLO, None)
    assert server.error
