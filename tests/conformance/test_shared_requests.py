"""What a client that puts several messages into one request must keep: each is accounted for, the turn is shared."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchkit.batch import to_mime
from benchkit.model.contracts import Batches
from benchkit.model.identity import nth_key, token_of
from benchkit.model.message import Address, Message
from benchkit.model.outcome import OutcomeKind
from benchkit.model.scenario import ArmSpec, Delay, Fault
from benchkit.sink import parse_body
from tests.conformance.stage import WAYS, Stage, arm, message, play
from tests.transports.clients import IMPATIENT_S, RUN_TOKEN


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
        for nth, mail in enumerate(parse_body("api", provider, head, body))
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
