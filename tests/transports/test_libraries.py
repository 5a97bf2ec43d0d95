"""The libraries that people use, each as a client of its own: turns, phases and outcomes as the sink's transcript has them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import uvloop

from benchkit.model.message import Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.scenario import ArmSpec, Fault, Limit
from benchkit.model.trace import Phase, Trace
from benchkit.protocol.http2_frames import PREFACE, requesting_stream
from tests.transports.clients import client_of
from tests.transports.scripted import Script, against, by_script, polite, send_all

Make = Callable[..., Message]
Kind = OutcomeKind
SMTP = ("aiosmtplib", "smtplib", "wire")
API = ("aiohttp", "httpx", "httpx2", "httpx2h2", "wire")
LARGE = "A line of text that is sent often enough to fill more than a window.\n" * 20_000


@pytest.mark.parametrize("client", API)
@pytest.mark.parametrize(("way", "turns"), [("api none", 2), ("api implicit", 3)])
def test_an_api_call_on_a_new_connection(client: str, way: str, turns: int, talk: Any, compose_message: Make) -> None:
    found = talk(way, [compose_message()] * 2, fresh=True, client=client)
    assert [one.turns for one in found.sent] == [turns] * 2
    setup = ["connect", "tls"] if turns == 3 else ["connect"]
    for one in found.sent:
        assert [phase.label for phase in one.phases] == [*setup, "request", "wait", "response", "close"]


@pytest.mark.parametrize("client", API)
@pytest.mark.parametrize("way", ["api none", "api implicit"])
def test_a_large_request(client: str, way: str, talk: Any, compose_message: Make) -> None:
    """Larger than any buffer. Only HTTP/2 has windows, which cost turns of their own (method.md §8)."""
    found = talk(way, [compose_message(text=LARGE), compose_message()], fresh=False, client=client)
    assert [one.outcome.kind for one in found.sent] == [Kind.ACCEPTED] * 2
    assert [one.phases for one in found.sent] == [(Phase.REQUEST, Phase.WAIT, Phase.RESPONSE)] * 2
    assert found.sent[0].bytes_out > len(LARGE)
    assert found.sent[1].turns == 1
    assert found.sent[0].turns > 1 if client == "httpx2h2" else found.sent[0].turns == 1


@pytest.mark.parametrize("client", API)
def test_a_reconnect_is_counted_not_hidden(client: str, talk: Any, compose_message: Make) -> None:
    found = talk(
        "api none", [compose_message()] * 6, fresh=False, client=client, limit=Limit(messages_per_connection=2)
    )
    assert [one.outcome.kind for one in found.sent] == [Kind.ACCEPTED] * 6
    assert [one.turns for one in found.sent] == [1, 1, 2, 1, 2, 1]
    assert [one.phases[0] is Phase.CONNECT for one in found.sent] == [False, False, True, False, True, False]


@pytest.mark.parametrize("client", [client for client in API if client != "httpx2h2"])
def test_a_cookie_is_not_brought_back(client: str, make_arm: Callable[..., ArmSpec], compose_message: Make) -> None:
    """A front of an API may give one; every request is to be what the first one was."""

    async def run() -> list[tuple[Outcome, int]]:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        one = client_of(make_arm("api none", client=client), server.sockets[0].getsockname()[1])
        found = await send_all(one, [compose_message()] * 2)
        await one.close(Trace())
        server.close()
        await server.wait_closed()
        return found

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            while True:
                heads.append(await reader.readuntil(b"\r\n\r\n"))
                lengths = [line for line in heads[-1].lower().split(b"\r\n") if line.startswith(b"content-length:")]
                await reader.readexactly(int(lengths[0].partition(b":")[2]))
                writer.write(b'HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 10\r\n\r\n{"id":"x"}')
        writer.close()

    heads: list[bytes] = []
    assert [outcome.kind for outcome, _ in uvloop.run(run())] == [Kind.ACCEPTED] * 2
    first, second = heads
    assert first == second


@pytest.mark.parametrize("client", SMTP)
@pytest.mark.parametrize(("way", "turns"), [("smtp none", 7), ("smtp starttls plain", 11), ("smtp implicit login", 10)])
def test_smtp_in_steps(client: str, way: str, turns: int, talk: Any, compose_message: Make) -> None:
    found = talk(way, [compose_message()] * 2, fresh=True, client=client)
    assert [one.turns for one in found.sent] == [turns] * 2


@pytest.mark.parametrize("client", SMTP)
@pytest.mark.parametrize(("mechanism", "turns"), [("plain", 1), ("login", 2), ("cram-md5", 2)])
def test_the_arm_names_its_mechanism(client: str, mechanism: str, turns: int, talk: Any, compose_message: Make) -> None:
    """The libraries would rather take CRAM-MD5, which the sink offers too."""
    found = talk(f"smtp none {mechanism}", [compose_message()], fresh=False, client=client)
    logins = [line for line in found.transcript.texts(0, "in") if line.upper().startswith("AUTH")]
    assert [line.split()[:2] for line in logins] == [["AUTH", mechanism.upper()]]
    assert found.setup_turns == 3 + turns
    assert found.sent[0].outcome.kind is Kind.ACCEPTED


LACKING = [
    ("smtp none cram-md5", b"250-x\r\n250 AUTH PLAIN LOGIN\r\n", "AUTH CRAM-MD5"),
    ("smtp none plain", b"250 bare\r\n", "AUTH PLAIN"),
    ("smtp starttls", b"250 bare\r\n", "STARTTLS"),
]


@pytest.mark.parametrize("client", SMTP)
@pytest.mark.parametrize(("way", "ehlo", "missing"), LACKING)
def test_what_is_not_offered_is_not_tried(
    client: str, way: str, ehlo: bytes, missing: str, make_arm: Callable[..., ArmSpec], compose_message: Make
) -> None:
    heard: list[bytes] = []

    async def run() -> Outcome:
        async with against(make_arm(way, client=client), Script(lambda _: b"250 ok\r\n", ehlo=ehlo), heard) as one:
            ((outcome, _),) = await send_all(one, [compose_message()])
            return outcome

    outcome = uvloop.run(run())
    assert (outcome.kind, outcome.code, outcome.text) == (Kind.REJECTED, 0, f"the server does not offer {missing}")
    assert [unit.split()[0].upper() for unit in heard] == [b"EHLO"]


@pytest.mark.parametrize("client", ["aiosmtplib", "smtplib"])
def test_nothing_hides_in_the_dialogue(client: str, talk: Any, compose_message: Make) -> None:
    found = talk("smtp none", [compose_message()] * 2, fresh=False, client=client)
    verbs = [line.split()[0].upper() for line in found.transcript.texts(0, "in") if line]
    assert verbs == ["EHLO", *["MAIL", "RCPT", "DATA", "<CONTENT>"] * 2, "QUIT"]


def test_smtplib_says_how_many_recipients_were_refused(talk: Any, compose_message: Make) -> None:
    fault = Fault("rcpt", probability=0.5, reply="550 5.1.1 no such user")
    found = talk("smtp none", [compose_message(6)] * 10, fresh=False, client="smtplib", faults=(fault,))
    took = {arrival.send: arrival.recipients for arrival in found.ledger.arrivals}
    for number, one in enumerate(found.sent):
        assert took.get(number, 0) == (6 - one.outcome.refused_recipients if one.outcome.kind is Kind.ACCEPTED else 0)


ODD = [
    (b"DATA", b"354 go\r\n250 ok\r\n", [Kind.GARBLED, Kind.GARBLED]),  # the 250 is not for the content
    (b"RCPT", b"252 perhaps\r\n", [Kind.ACCEPTED, Kind.ACCEPTED]),
    (b"X-Benchkit-Id", b"220 queued\r\n", [Kind.GARBLED, Kind.GARBLED]),
    (b"X-Benchkit-Id", b"250 " + b"x" * 9000 + b"\r\n", [Kind.GARBLED, Kind.GARBLED]),
    (b"X-Benchkit-Id", b"250 queued\r\n250 again\r\n", [Kind.ACCEPTED, Kind.ACCEPTED]),
]


@pytest.mark.parametrize(("to", "reply", "kinds"), ODD)
@pytest.mark.parametrize("client", SMTP)
def test_odd_replies_are_never_taken_for_an_acceptance(
    client: str, to: bytes, reply: bytes, kinds: list[Kind], make_arm: Callable[..., ArmSpec], compose_message: Make
) -> None:
    """A library that is more trusting is asked whether anything came that it did not ask for."""
    script = Script(lambda unit: reply if to in unit.upper() or to in unit else polite(unit))
    outcomes, heard = by_script(make_arm("smtp none", client=client), script, [compose_message(text="Hello")] * 2)
    assert [outcome.kind for outcome in outcomes] == kinds
    again = sum(unit[:4].upper() == b"EHLO" for unit in heard)
    assert again == (1 if to == b"RCPT" else 2)


@pytest.mark.parametrize(
    ("written", "stream"),
    [
        (b"", 0),
        (PREFACE + b"\0\0\0\4\0\0\0\0\0", 0),
        (b"\0\0\0\4\1\0\0\0\0", 0),
        (b"\0\0\4\x08\0\0\0\0\0\0\0\0\1" + b"\0\0\1\1\4\0\0\0\1x", 1),
        (b"\0\0\1\0\1\0\0\0\3x", 3),
    ],
    ids=["nothing", "preface and settings", "acknowledgement", "window, then headers", "data"],
)
def test_what_of_http2_asks_for_an_answer(written: bytes, stream: int) -> None:
    assert requesting_stream(written) == stream
