"""Turns, exactly, against the sink's own transcript: what the client counts is what the server saw (method.md §2)."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Any

import pytest
import uvloop

from benchkit.model.identity import token_of
from benchkit.model.message import Message
from benchkit.model.outcome import OutcomeKind
from benchkit.model.scenario import ArmSpec, Limit
from benchkit.model.trace import Phase, Trace
from benchkit.protocol.expected_turns import message_turns, setup_turns
from tests.transports.clients import RUN_TOKEN, SinkRecords, at_a_sink

Make = Callable[..., Message]

FRESH = [
    ("smtp starttls plain", 11),
    ("smtp starttls login", 12),
    ("smtp starttls", 10),
    ("smtp implicit plain", 9),
    ("smtp implicit", 8),
    ("smtp none", 7),
    ("smtp none plain", 8),
    ("api implicit", 3),
    ("api none", 2),
]
REUSED = [
    ("smtp starttls plain", 4),
    ("smtp implicit plain", 4),
    ("smtp none", 4),
    ("api implicit", 1),
    ("api none", 1),
]


@pytest.mark.parametrize(("way", "turns"), FRESH)
def test_a_new_connection_each(way: str, turns: int, talk: Any, compose_message: Make) -> None:
    found = talk(way, [compose_message()] * 3, fresh=True)
    assert [one.outcome.kind for one in found.sent] == [OutcomeKind.ACCEPTED] * 3
    assert [one.turns for one in found.sent] == [turns] * 3
    assert [arrival.send for arrival in found.ledger.arrivals] == [0, 1, 2]


@pytest.mark.parametrize(("way", "turns"), REUSED)
def test_an_open_connection(way: str, turns: int, talk: Any, compose_message: Make) -> None:
    found = talk(way, [compose_message()] * 4, fresh=False)
    assert [one.turns for one in found.sent] == [turns] * 4
    assert all(Phase.CONNECT not in one.phases for one in found.sent)


@pytest.mark.parametrize("recipients", [1, 2, 7])
def test_each_recipient_is_a_turn(recipients: int, talk: Any, compose_message: Make) -> None:
    found = talk("smtp none", [compose_message(recipients)] * 2, fresh=False)
    assert [one.turns for one in found.sent] == [3 + recipients] * 2
    assert {arrival.recipients for arrival in found.ledger.arrivals} == {recipients}


@pytest.mark.parametrize(("way", "_"), FRESH)
def test_the_sinks_transcript_agrees(way: str, _: int, talk: Any, compose_message: Make) -> None:
    """On the decrypted stream the server spoke once a turn; the connect and the TLS handshake come on top."""
    found = talk(way, [compose_message()], fresh=True)
    (sent,) = found.sent
    below = 1 + ("none" not in way)
    assert sent.turns + sent.turns_to_close - below == found.transcript.bursts(0)


@pytest.mark.parametrize(("way", "_"), REUSED)
def test_the_transcript_of_a_kept_connection_agrees(way: str, _: int, talk: Any, compose_message: Make) -> None:
    found = talk(way, [compose_message()] * 5, fresh=False)
    below = 1 + ("none" not in way)
    good_bye = 1 if way.startswith("smtp") else 0
    counted = found.setup_turns + sum(one.turns for one in found.sent)
    assert counted - below + good_bye == found.transcript.bursts(0)


@pytest.mark.parametrize(("way", "_"), FRESH)
def test_the_table_of_expected_turns_is_the_counters(
    way: str, _: int, talk: Any, compose_message: Make, make_arm: Callable[[str], ArmSpec]
) -> None:
    arm = make_arm(way)
    (sent,) = talk(way, [compose_message()], fresh=True).sent
    assert sent.turns == setup_turns(arm) + message_turns(arm, recipients=1)


@pytest.mark.parametrize(
    ("way", "turns"), [("smtp implicit plain", 9), ("smtp starttls plain", 12), ("api implicit", 4)]
)
def test_tls_1_2_costs_its_extra_flight_but_not_before_a_banner(
    way: str, turns: int, talk: Any, compose_message: Make
) -> None:
    """A full TLS 1.2 handshake is two turns; after it an SMTP banner is already there."""
    (sent,) = talk(way, [compose_message()], fresh=True, tls=ssl.TLSVersion.TLSv1_2).sent
    assert sent.turns == turns


def test_the_phases_of_a_whole_smtp_dialogue_are_explicit_steps(talk: Any, compose_message: Make) -> None:
    (sent,) = talk("smtp starttls plain", [compose_message()], fresh=True).sent
    assert [phase.label for phase in sent.phases] == [
        "connect", "banner", "ehlo", "starttls", "tls", "ehlo", "auth", "mail", "rcpt", "data", "content", "close",
    ]  # fmt: skip
    assert list(sent.edges) == sorted(sent.edges)


def test_the_phases_of_an_api_call(talk: Any, compose_message: Make) -> None:
    (sent,) = talk("api implicit", [compose_message()], fresh=True).sent
    assert [phase.label for phase in sent.phases] == ["connect", "tls", "request", "wait", "response", "close"]


def test_nothing_hides_in_the_dialogue(talk: Any, compose_message: Make) -> None:
    """The server's own transcript: no second EHLO, no NOOP, no RSET that no one asked for."""
    found = talk("smtp none", [compose_message()] * 2, fresh=False)
    verbs = [line.split()[0] for line in found.transcript.texts(0, "in") if line]
    assert verbs == ["EHLO", *["MAIL", "RCPT", "DATA", "<content>"] * 2, "QUIT"]


def test_a_reconnect_that_the_server_forces_is_counted(talk: Any, compose_message: Make) -> None:
    for way, first, open_turns in (("api none", 2, 1), ("smtp none", 7, 4)):
        found = talk(way, [compose_message()] * 6, fresh=False, limit=Limit(messages_per_connection=2))
        connects = [Phase.CONNECT in one.phases for one in found.sent]
        for one, connected in zip(found.sent, connects, strict=True):
            if one.outcome.kind is OutcomeKind.ACCEPTED:
                assert one.turns == (first if connected else open_turns)
        assert any(connects)


async def _tickets_before_the_first_message(arm: ArmSpec, message: Message) -> tuple[bool, int]:
    """Whether the client still holds its connection once TLS session tickets wait to be read, and the message's turns."""
    trace = Trace()
    async with at_a_sink(arm, SinkRecords()) as (client, _):
        assert await client.connect(trace) is None
        for _ in range(200):  # the tickets follow the handshake, a round trip later
            await asyncio.sleep(0.001)
        held = client.connected
        trace.begin()
        outcome = await client.send(client.prepare(message), token_of(RUN_TOKEN, 0), trace)
        assert outcome.kind is OutcomeKind.ACCEPTED
    return held, trace.turns


@pytest.mark.parametrize("client", ["httpx", "httpx2", "aiohttp", "wire"])
def test_session_tickets_are_no_reason_to_connect_again(
    client: str, make_arm: Callable[..., ArmSpec], compose_message: Make
) -> None:
    arm = make_arm("api implicit", client=client)
    assert uvloop.run(_tickets_before_the_first_message(arm, compose_message())) == (True, 1)
