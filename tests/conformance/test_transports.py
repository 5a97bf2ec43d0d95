"""What each client of the registry must keep, before its author writes a test, against the embedded sink."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from typing import Any

import pytest
import uvloop

from benchkit.model.outcome import OutcomeKind
from benchkit.model.scenario import ArmSpec, Delay, Fault, Security
from benchkit.model.trace import SocketOptions, Trace
from benchkit.transports import TRANSPORTS
from tests.conformance.stage import LAST_WORD, SENDING, WAYS, Stage, arm, message, play
from tests.transports.clients import IMPATIENT_S, client_of

TCP_CLOSE = 7  # linux/tcp_states.h


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
    """Nothing is sent again, but where a busy machine acknowledges late (RFC 8985 §7)."""

    async def talk(stage: Stage) -> None:
        assert await stage.client.connect(stage.trace) is None
        for number in range(3):
            assert stage.trace.segments_out > 0 < stage.trace.segments_in
            assert stage.trace.min_rtt_us > 0
            assert stage.trace.retransmits < stage.trace.segments_out
            stage.trace.begin()
            assert await stage.send(number) is OutcomeKind.ACCEPTED
        assert stage.trace.segments_out < 30, "what one message cost, not the whole connection"

    play(spec, talk)


def test_the_arms_congestion_control_is_in_force_and_no_write_waits(spec: ArmSpec) -> None:
    async def talk(stage: Stage) -> None:
        assert await stage.client.connect(stage.trace) is None
        assert stage.trace.socket == SocketOptions("reno", nodelay=True)

    play(replace(spec, congestion="reno"), talk)


def test_the_congestion_control_is_set_before_a_connection_is_made(
    spec: ArmSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a connection that another one has begun to pace, the pacing stays, whatever is set then (docs/method.md, §8)."""
    states: list[int] = []
    real = socket.socket.setsockopt

    def setsockopt(self: socket.socket, level: int, option: int, value: Any) -> None:
        if (level, option) == (socket.IPPROTO_TCP, socket.TCP_CONGESTION):
            states.append(self.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0])
        real(self, level, option, value)

    monkeypatch.setattr(socket.socket, "setsockopt", setsockopt)

    async def talk(stage: Stage) -> None:
        assert await stage.client.connect(stage.trace) is None
        assert await stage.send(0) is OutcomeKind.ACCEPTED

    play(replace(spec, congestion="reno"), talk)
    assert states == [TCP_CLOSE]


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
        client = client_of(plain, port)
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
