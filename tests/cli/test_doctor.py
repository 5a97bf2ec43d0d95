"""`benchkit doctor` at servers on loopback: embedded ones in each form of TLS, a closed port, one that is silent or lies."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from benchkit.audit.connect_probe.submission_ports import PortState, SubmissionPort, look_at_ports
from benchkit.model.endpoint import ListenerConfig
from benchkit.model.scenario import Security
from benchkit.profiles import load_profile
from benchkit.profiles.observed import ObservedServer, observed_profile
from benchkit.sink import MemoryLedger, Sink
from tests.cli.conftest import Verb

LISTENERS = tuple(
    ListenerConfig(number, "smtp", security, username="u", password="p", extensions=("PIPELINING", "SIZE"))
    for number, security in enumerate((Security.STARTTLS, Security.IMPLICIT, Security.NONE))
)


@contextmanager
def sinks() -> Iterator[tuple[Sink, tuple[int, ...]]]:
    """In a thread of their own, so that the command may run its own loop."""
    loop = asyncio.new_event_loop()
    servers = Sink(LISTENERS, MemoryLedger())
    ports = loop.run_until_complete(servers.start())
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield servers, ports
    finally:
        asyncio.run_coroutine_threadsafe(servers.stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def closed_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def test_what_each_port_shows(verb: Verb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with sinks() as (servers, (starttls, implicit, plain)):
        Path("ca.pem").write_text(servers.ca_pem)
        gone = closed_port()
        words = f"doctor --host localhost --port {starttls} --port {plain} --port {gone} --tls-port {implicit} --ca-file ca.pem"
        done = verb(*words.split(), "--json", "--save", "seen.toml")
        shown = verb(*words.split()).out
    assert done.code == 0
    found = {port["port"]: port for port in json.loads(done.out)["ports"]}
    states = [found[port]["state"] for port in (starttls, implicit, plain, gone)]
    assert states == ["open", "open", "no TLS", "closed"]
    assert found[starttls]["before_tls"] == ["PIPELINING", "SIZE 50000000", "STARTTLS"]
    assert found[starttls]["after_tls"] == ["PIPELINING", "SIZE 50000000", "AUTH PLAIN LOGIN CRAM-MD5 XOAUTH2"]
    assert (found[implicit]["before_tls"], found[implicit]["tls_version"]) == (None, "TLSv1.3")
    assert [found[port]["trusted"] for port in (starttls, implicit)] == [True, True]
    assert found[gone]["error"] == "Connection refused"
    assert f"Nothing listens on port {gone} of this machine" in shown
    seen = load_profile("seen.toml")
    relay = seen.smtp
    assert relay is not None
    assert seen.rtt_ms.value is not None
    assert json.loads(done.out)["rtt_ms"] == pytest.approx(seen.rtt_ms.value, abs=0.001)
    predicted = json.loads(verb("predict", "seen.toml", "--json").out)
    assert predicted["rtt_ms"] == [seen.rtt_ms.value] * 2
    assert (relay.offers("PIPELINING"), relay.offers("CHUNKING"), relay.message_bytes.value) == (
        True,
        False,
        50_000_000,
    )
    assert (relay.starttls_ports.value, relay.implicit_ports.value) == ((starttls,), (implicit,))


def test_a_certificate_that_is_not_trusted_is_named_and_the_rest_is_seen(verb: Verb) -> None:
    with sinks() as (_, (starttls, *_)):
        done = verb("doctor", "--host", "localhost", "--port", str(starttls))
    assert done.code == 0
    assert "the certificate is not trusted" in done.out
    assert "after TLS: PIPELINING" in done.out


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        ("--provider ses", 2, "--region is missing, and the host name needs it (email-smtp.{region}.amazonaws.com)"),
        ("--provider sess", 2, 'sess unknown profile; did you mean "ses"'),
        ("--provider ses --host localhost", 2, "--host replaces --provider"),
        ("--host a..b --port 1", 2, "a..b is not a host name"),
        ("--host localhost --ca-file absent.pem", 2, "absent.pem cannot be read as PEM"),
    ],
)
def test_one_line(words: str, code: int, expected: str, verb: Verb) -> None:
    done = verb("doctor", *words.split())
    assert (done.code, done.out, done.err.count("\n")) == (code, "", 1)
    assert expected in done.err


def test_nothing_open_is_unreachable(verb: Verb) -> None:
    port = closed_port()
    done = verb("doctor", "--host", "localhost", "--port", str(port), "--save", "seen.toml")
    assert done.code == 4
    assert f"Nothing listens on port {port} of this machine" in done.out
    assert "network" not in done.out
    assert done.err == "benchkit: seen.toml was not written: the server showed on no port what it offers with TLS\n"
    assert not Path("seen.toml").exists()


def test_this_machine(verb: Verb) -> None:
    done = verb("doctor", "--json")
    assert done.code == 0
    assert {check["name"] for check in json.loads(done.out)["checks"]} >= {"cores", "network link"}


@pytest.mark.parametrize(
    ("said", "state", "error"),
    [
        (b"", PortState.SILENT, "no answer within 0.3 s"),
        (b"HTTP/1.1 400 Bad Request\r\n", PortState.SILENT, "no SMTP reply"),
        (b"554 no\r\n", PortState.SILENT, "554 no"),
        (b"220 hi\r\n554 go away\r\n", PortState.SILENT, "554 go away"),
        (b"220 hi\r\n250-hi\r\n250 PIPELINING\r\n", PortState.NO_TLS, "STARTTLS is not offered"),
        (b"220 hi\r\n250-hi\r\n250 STARTTLS\r\n220 go\r\nno TLS", PortState.NO_TLS, ""),
    ],
)
def test_servers_that_lie(said: bytes, state: PortState, error: str) -> None:
    async def look() -> SubmissionPort:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(said)
            await reader.read()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            (seen,) = await look_at_ports(
                "localhost", "127.0.0.1", [(port, False)], timeout_s=0.3, trust=ssl.create_default_context()
            )
            return seen

    seen = asyncio.run(look())
    assert seen.state is state
    assert error in seen.error
    assert seen.after_tls is None


def test_what_a_server_says_stays_text_in_the_profile() -> None:
    seen = ObservedServer(25, False, 'hi"\n[api]\x1b', ("STARTTLS", 'X"Y'), ("SIZE 0", "AUTH=PLAIN", "8BITMIME"))
    text = observed_profile("a\\b", "mx.example", [seen], "2026-11-28")
    path = Path("seen.toml")
    from benchkit.profiles.reading import read_profile

    profile = read_profile(text, path.stem, str(path))
    assert profile.smtp is not None
    assert profile.smtp.greeting.value == 'hi"\n[api]\x1b'
    assert profile.smtp.logins.value == ("plain",)
    assert profile.smtp.message_bytes.value is None
    assert profile.api is None
