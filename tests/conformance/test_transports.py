"""What each client of the registry must keep, before its author writes a test, against the embedded sink."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import uvloop

from benchkit.batch import to_mime
from benchkit.model.contracts import Batches, Transport
from benchkit.model.endpoint import Endpoint, Listener
from benchkit.model.identity import nth_key, token_of
from benchkit.model.message import Address, Content, Message
from benchkit.model.outcome import OutcomeKind
from benchkit.model.scenario import ArmSpec, ConnectionPolicy, Delay, Fault, Secret, Security
from benchkit.model.trace import SocketOptions, Trace
from benchkit.sink import MemoryLedger, Sink, Transcript, parse_body
from benchkit.transports import TRANSPORTS

RUN_TOKEN = "0badcafe"
SECURITIES = {"smtp": ("none", "starttls", "implicit"), "api": ("none", "implicit")}
SENDING = [name for name in TRANSPORTS.names() if not name.startswith("null_")]
WAYS = [(name, security) for name in SENDING for security in SECURITIES[name.partition("_")[0]]]
LAST_WORD = {"smtp": "content", "api": "response"}
Talk = Callable[["Stage"], Awaitable[None]]


@dataclass
class Stage:
    """A client, and what the sink has seen of it."""

    client: Transport
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    transcript: Transcript = field(default_factory=Transcript)
    trace: Trace = field(default_factory=Trace)

    @property
    def arrived(self) -> list[int]:
        return [arrival.send for arrival in self.ledger.arrivals]

    async def send(self, number: int) -> OutcomeKind:
        outcome = await self.client.send(self.client.prepare(message(number)), token_of(RUN_TOKEN, number), self.trace)
        assert self.trace.ended_ns >= self.trace.started_ns
        assert list(self.trace.edges) == sorted(self.trace.edges)
        return outcome.kind


# A busy machine is late too: only who waits for a server that stays silent is impatient.
PATIENT_S, IMPATIENT_S = 10.0, 0.6


def message(number: int = 0) -> Message:
    content = Content(
        "Grüße", Address("Shop", "shop@shop.example"), (Address("", "user@example.com"),), f"Hello {number}."
    )
    return Message(number, content, to_mime(content), "shop@shop.example", ("user@example.com",))


def arm(name: str, security: str) -> ArmSpec:
    transport, _, client = name.partition("_")
    return ArmSpec(
        name, transport, client, ConnectionPolicy(0), Security(security),
        provider="mailgun" if transport == "api" else "", auth="plain" if security == "starttls" else "", timeout_s=PATIENT_S,
    )  # fmt: skip


def play(spec: ArmSpec, talk: Talk) -> Stage:
    """`talk` on a stage that stands, and falls when it is over."""
    stage = Stage(None)  # type: ignore[arg-type]

    async def perform() -> None:
        door = Listener(
            0, spec.transport, spec.security, spec.provider, username="user", password="secret",
            auth_required=bool(spec.auth) or spec.transport == "api", faults=spec.faults,
            batches=spec.messages_per_request > 1,
        )  # fmt: skip
        sink = Sink((door,), stage.ledger, RUN_TOKEN, stage.transcript)
        (port,) = await sink.start()
        endpoint = Endpoint("127.0.0.1", port, "localhost", spec, sink.ca_pem, "user", Secret("secret"))
        stage.client = TRANSPORTS[f"{spec.transport}_{spec.client}"](endpoint)
        try:
            await talk(stage)
        finally:
            await stage.client.close(Trace())
            await sink.stop()

    uvloop.run(perform())
    return stage


@pytest.fixture(params=WAYS, ids="-".join)
def spec(request: pytest.FixtureRequest) -> ArmSpec:
    return arm(*request.param)


@pytest.fixture(params=SENDING)
def plain(request: pytest.FixtureRequest) -> ArmSpec:
    return arm(request.param, "none")


def test_what_is_accepted_arrives_once_and_turns_are_the_transcripts(spec: ArmSpec) -> None:
    turns = []

    async def talk(stage: Stage) -> None:
        assert await stage.client.connect(stage.trace) is None
        turns.append(stage.trace.turns)
        for number in range(3):
            assert stage.client.connected
            stage.trace.begin()
            assert await stage.send(number) is OutcomeKind.ACCEPTED
            turns.append(stage.trace.turns)
            assert stage.trace.bytes_out > len("Hello") < stage.trace.bytes_in

    stage = play(spec, talk)
    assert stage.arrived == [0, 1, 2]
    below = 1 + (spec.security is not Security.NONE)  # TCP and TLS 1.3, which no transcript shows
    good_bye = spec.transport == "smtp"
    assert sum(turns) - below + good_bye == stage.transcript.bursts(0)


def test_every_message_has_the_kernels_account_of_its_connection(spec: ArmSpec) -> None:
    async def talk(stage: Stage) -> None:
        assert await stage.client.connect(stage.trace) is None
        for number in range(3):
            assert stage.trace.segments_out > 0 < stage.trace.segments_in
            assert stage.trace.min_rtt_us > 0
            assert stage.trace.retransmits == 0
            stage.trace.begin()
            assert await stage.send(number) is OutcomeKind.ACCEPTED
        assert stage.trace.segments_out < 30, "what one message cost, not the whole connection"

    play(spec, talk)


def test_the_arms_congestion_control_is_in_force_and_no_write_waits(spec: ArmSpec) -> None:
    async def talk(stage: Stage) -> None:
        assert await stage.client.connect(stage.trace) is None
        assert stage.trace.socket == SocketOptions("reno", nodelay=True)

    play(replace(spec, congestion="reno"), talk)


def test_preparing_is_pure(plain: ArmSpec) -> None:
    async def talk(stage: Stage) -> None:
        mail = message()
        stage.client.prepare(mail)
        assert mail == message()
        assert not stage.client.connected

    assert play(plain, talk).transcript.lines == []


def test_a_second_connection_works_after_a_close_and_without_one(spec: ArmSpec) -> None:
    async def talk(stage: Stage) -> None:
        for number in range(3):
            assert await stage.client.connect(stage.trace) is None
            assert await stage.send(number) is OutcomeKind.ACCEPTED
            if number == 0:
                await stage.client.close(stage.trace)
                assert not stage.client.connected

    assert play(spec, talk).arrived == [0, 1, 2]


def test_nobody_there_is_an_outcome(plain: ArmSpec) -> None:
    async def attempt() -> OutcomeKind:
        listening = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        listening.close()
        await listening.wait_closed()
        client = TRANSPORTS[f"{plain.transport}_{plain.client}"](Endpoint("127.0.0.1", port, "localhost", plain))
        trace = Trace()
        failure = await client.connect(trace)
        await client.close(trace)
        assert failure is not None
        assert failure.text
        return failure.kind

    assert uvloop.run(attempt()) is OutcomeKind.UNREACHABLE


def test_a_certificate_that_cannot_be_trusted_is_an_outcome(spec: ArmSpec) -> None:
    async def talk(stage: Stage) -> None:
        trusted: Any = stage.client
        endpoint = replace(trusted._endpoint, ca_pem="")
        client = TRANSPORTS[f"{spec.transport}_{spec.client}"](endpoint)
        failure = await client.connect(stage.trace)
        await client.close(stage.trace)
        assert (failure is None) == (spec.security is Security.NONE)

    play(spec, talk)


@pytest.mark.parametrize(
    "fault", [Fault("", drop=True), Fault("", delay=Delay("constant", 60_000))], ids=["cut", "silent"]
)
def test_no_answer_to_the_content_is_ambiguous_and_the_connection_is_spent(spec: ArmSpec, fault: Fault) -> None:
    async def talk(stage: Stage) -> None:
        assert await stage.client.connect(stage.trace) is None
        assert await stage.send(0) is OutcomeKind.AMBIGUOUS
        assert not stage.client.connected

    faulty = replace(spec, faults=(replace(fault, at=LAST_WORD[spec.transport]),), timeout_s=IMPATIENT_S)
    assert play(faulty, talk).arrived == [0]


def test_a_refusal_is_an_outcome_and_costs_no_connection(spec: ArmSpec) -> None:
    async def talk(stage: Stage) -> None:
        assert await stage.client.connect(stage.trace) is None
        for number in range(2):
            assert await stage.send(number) is OutcomeKind.DEFERRED
            assert stage.client.connected

    fault = Fault("request", status=503) if spec.transport == "api" else Fault("mail", reply="451 4.3.0 later")
    stage = play(replace(spec, faults=(fault,)), talk)
    assert stage.arrived == []
    assert {line.connection for line in stage.transcript.lines} == {0}


def test_cancelling_leaves_nothing_behind(plain: ArmSpec) -> None:
    async def talk(stage: Stage) -> None:
        assert await stage.client.connect(stage.trace) is None
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await stage.send(0)
        await stage.client.close(stage.trace)
        assert not stage.client.connected

    slow = Fault(LAST_WORD[plain.transport], delay=Delay("constant", 60_000))
    play(replace(plain, faults=(slow,), timeout_s=5.0), talk)


def test_closing_never_raises(plain: ArmSpec) -> None:
    async def talk(stage: Stage) -> None:
        await stage.client.close(stage.trace)
        assert await stage.client.connect(stage.trace) is None
        await stage.client.close(stage.trace)
        await stage.client.close(stage.trace)

    play(plain, talk)


# several messages in one request


def person(number: int) -> Message:
    content = replace(message(number).content, to=(Address("", f"user{number}@example.com"),))
    return Message(number, content, to_mime(content), "shop@shop.example", (f"user{number}@example.com",))


async def send_together(stage: Stage, sends: list[int]) -> list[OutcomeKind]:
    """Of five that may share a request, these."""
    assert isinstance(stage.client, Batches)
    prepared = stage.client.prepare_batch([person(number) for number in range(5)])
    stage.trace.begin()
    outcomes = await stage.client.send_batch(
        [prepared[number % 5] for number in sends], [token_of(RUN_TOKEN, number) for number in sends], stage.trace
    )
    assert list(stage.trace.edges) == sorted(stage.trace.edges)
    assert stage.trace.ended_ns >= stage.trace.started_ns
    return [outcome.kind for outcome in outcomes]


@pytest.fixture(params=[way for way in WAYS if way[0].startswith("api_")], ids="-".join)
def joint(request: pytest.FixtureRequest) -> ArmSpec:
    return replace(arm(*request.param), messages_per_request=5)


@pytest.mark.parametrize("provider", ["jmap", "mailgun"])
def test_messages_that_share_a_request_arrive_once_each_and_share_its_turn(joint: ArmSpec, provider: str) -> None:
    turns = []

    async def talk(stage: Stage) -> None:
        assert await stage.client.connect(stage.trace) is None
        for sends in ([0, 1, 2, 3, 4], [7, 5], [14]):
            assert await send_together(stage, sends) == [OutcomeKind.ACCEPTED] * len(sends)
            turns.append(stage.trace.turns)

    stage = play(replace(joint, provider=provider), talk)
    assert stage.arrived == [0, 1, 2, 3, 4, 7, 5, 14]
    assert turns == [1, 1, 1]
    assert len(stage.transcript.said(0, "in")) == 3
    digests = {
        nth_key(key, nth): mail.content.digest
        for (_, key), (head, body) in stage.ledger.bodies.items()
        for nth, mail in enumerate(parse_body("api", provider, head, body, batches=True))
    }
    assert [digests[arrival.key] for arrival in stage.ledger.arrivals] == [person(n % 5).digest for n in stage.arrived]


@pytest.mark.parametrize(
    "fault", [Fault("", drop=True), Fault("", delay=Delay("constant", 60_000))], ids=["cut", "silent"]
)
def test_no_answer_to_a_request_leaves_all_its_messages_in_doubt(joint: ArmSpec, fault: Fault) -> None:
    async def talk(stage: Stage) -> None:
        assert await stage.client.connect(stage.trace) is None
        assert await send_together(stage, [0, 1, 2]) == [OutcomeKind.AMBIGUOUS] * 3
        assert not stage.client.connected

    faulty = replace(joint, faults=(replace(fault, at="response"),), timeout_s=IMPATIENT_S)
    assert play(faulty, talk).arrived == [0, 1, 2]


def test_a_request_refused_is_refused_for_all_its_messages(joint: ArmSpec) -> None:
    async def talk(stage: Stage) -> None:
        assert await stage.client.connect(stage.trace) is None
        assert await send_together(stage, [0, 1]) == [OutcomeKind.THROTTLED] * 2
        assert stage.client.connected

    assert play(replace(joint, faults=(Fault("request", status=429),)), talk).arrived == []
