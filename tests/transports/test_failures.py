"""Every failure becomes an outcome, and "ambiguous" is said exactly where the content may have been taken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import uvloop

from benchkit.model.message import Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.scenario import ArmSpec, Delay, Fault
from benchkit.model.trace import Trace
from tests.loopback_server import serving
from tests.transports.clients import SinkRecords, at_a_sink, client_of, outcome_of_one, timeout_s_for

Make = Callable[..., Message]
Kind = OutcomeKind
SLOW = Delay("constant", 60_000)

SMTP_FAULTS = [
    (Fault("banner", reply="554 5.3.2 no service"), Kind.REJECTED, 554, "5.3.2", 0),
    (Fault("banner", drop=True), Kind.UNREACHABLE, 0, "", 0),
    (Fault("ehlo", reply="421 4.3.2 going down"), Kind.DEFERRED, 421, "4.3.2", 0),
    (Fault("mail", reply="450 4.2.1 mailbox busy"), Kind.DEFERRED, 450, "4.2.1", 0),
    (Fault("mail", reply="452 4.7.1 rate limit exceeded"), Kind.THROTTLED, 452, "4.7.1", 0),
    (Fault("rcpt", reply="550 5.1.1 no such user"), Kind.REJECTED, 550, "5.1.1", 0),
    (
        Fault("rcpt", reply="454 4.7.0 Throttling failure: Maximum sending rate exceeded"),
        Kind.THROTTLED,
        454,
        "4.7.0",
        0,
    ),
    (Fault("rcpt", drop=True), Kind.UNREACHABLE, 0, "", 0),
    (Fault("rcpt", delay=SLOW), Kind.TIMED_OUT, 0, "", 0),
    (Fault("data", reply="451 4.3.0 try later"), Kind.DEFERRED, 451, "4.3.0", 0),
    (Fault("data", drop=True), Kind.UNREACHABLE, 0, "", 0),
    (Fault("content", reply="552 5.3.4 too big"), Kind.REJECTED, 552, "5.3.4", 0),
    (Fault("content", drop=True), Kind.AMBIGUOUS, 0, "", 1),
    (Fault("content", delay=SLOW), Kind.AMBIGUOUS, 0, "", 1),
]
API_FAULTS = [
    (Fault("connect", drop=True), {Kind.UNREACHABLE, Kind.AMBIGUOUS}, 0, 0),
    (Fault("request", status=400), {Kind.REJECTED}, 400, 0),
    (Fault("request", status=429, retry_after_s=3), {Kind.THROTTLED}, 429, 0),
    (Fault("request", status=503), {Kind.DEFERRED}, 503, 0),
    (Fault("request", drop=True), {Kind.AMBIGUOUS}, 0, 0),
    (Fault("response", drop=True), {Kind.AMBIGUOUS}, 0, 1),
    (Fault("response", delay=SLOW), {Kind.AMBIGUOUS}, 0, 1),
]


@pytest.mark.parametrize(("fault", "kind", "code", "enhanced", "arrived"), SMTP_FAULTS)
@pytest.mark.parametrize("way", ["smtp none", "smtp starttls plain"])
def test_smtp(
    way: str, fault: Fault, kind: Kind, code: int, enhanced: str, arrived: int, talk: Any, compose_message: Make
) -> None:
    found = talk(way, [compose_message()], fresh=True, faults=(fault,), timeout_s=timeout_s_for(fault))
    outcome = found.sent[0].outcome
    assert (outcome.kind, outcome.code, outcome.enhanced) == (kind, code, enhanced)
    assert outcome.text
    assert len(found.ledger.arrivals) == arrived


@pytest.mark.parametrize(("fault", "kinds", "code", "arrived"), API_FAULTS)
def test_api(fault: Fault, kinds: set[Kind], code: int, arrived: int, talk: Any, compose_message: Make) -> None:
    found = talk("api none", [compose_message()], fresh=True, faults=(fault,), timeout_s=timeout_s_for(fault))
    outcome = found.sent[0].outcome
    assert outcome.kind in kinds
    assert outcome.code == code
    assert outcome.text
    assert len(found.ledger.arrivals) == arrived


@pytest.mark.parametrize("way", ["smtp none", "api none"])
def test_a_refusal_leaves_the_connection_fit_for_the_next_message(way: str, talk: Any, compose_message: Make) -> None:
    at, answer = ("rcpt", {"reply": "450 4.2.1 busy"}) if way.startswith("smtp") else ("request", {"status": 503})
    found = talk(way, [compose_message()] * 40, fresh=False, faults=(Fault(at, probability=0.5, **answer),))
    kinds = [one.outcome.kind for one in found.sent]
    assert {Kind.ACCEPTED, Kind.DEFERRED} == set(kinds)
    assert len(found.ledger.arrivals) == kinds.count(Kind.ACCEPTED)
    assert len({line.connection for line in found.transcript.lines}) == 1


def test_some_recipients_refused_is_accepted_and_says_how_many(talk: Any, compose_message: Make) -> None:
    fault = Fault("rcpt", probability=0.5, reply="550 5.1.1 no such user")
    found = talk("smtp none", [compose_message(6)] * 10, fresh=False, faults=(fault,))
    took = {arrival.send: arrival.recipients for arrival in found.ledger.arrivals}
    for number, one in enumerate(found.sent):
        if one.outcome.kind is Kind.ACCEPTED:
            assert took[number] == 6 - one.outcome.refused_recipients
        else:
            assert number not in took


def test_wrong_credentials_are_a_rejection(make_arm: Callable[..., ArmSpec], compose_message: Make) -> None:
    for way in ("smtp none plain", "api none"):
        outcome = uvloop.run(_with_wrong_password(make_arm(way), compose_message()))
        assert outcome.kind is Kind.REJECTED
        assert outcome.code in (535, 401)


async def _with_wrong_password(arm: ArmSpec, message: Message) -> Outcome:
    async with at_a_sink(arm, SinkRecords(), password="wrong") as (client, _):
        return await outcome_of_one(client, message)


# What a broken server may say, and the outcome: never "accepted", never an exception.
GARBAGE = [
    b"", b"\r\n", b"\x00\xff\xfe\r\n", b"hello there\r\n", b"25x ok\r\n", b"999 what\r\n", b"250-" * 20000 + b"\r\n",
    b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 2OO OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
]  # fmt: skip


@pytest.mark.parametrize("garbage", GARBAGE)
@pytest.mark.parametrize("way", ["smtp none", "api none"])
def test_a_server_that_lies(way: str, garbage: bytes, make_arm: Callable[..., ArmSpec], compose_message: Make) -> None:
    outcome = uvloop.run(_against_garbage(make_arm(way, timeout_s=0.3), garbage, compose_message()))
    assert outcome.kind is not Kind.ACCEPTED
    assert outcome.text


async def _against_garbage(arm: ArmSpec, garbage: bytes, message: Message) -> Outcome:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if arm.transport == "api":
            await reader.read(1)
        writer.write(garbage)
        if garbage:
            await reader.read()
        writer.close()

    async with serving(answer) as port:
        client = client_of(arm, port)
        outcome = await outcome_of_one(client, message)
        await client.close(Trace())
    return outcome
