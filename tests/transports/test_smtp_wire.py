"""The wire client: turns exactly, against the sink's transcript; outcomes exactly, also with the next envelope in flight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvloop

from benchkit.model.message import Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.scenario import ArmSpec, Delay, Fault
from benchkit.model.trace import Phase, Trace
from benchkit.protocol.expected_turns import message_turns, setup_turns
from tests.transports.clients import SinkRecords, at_a_sink, timeout_s_for
from tests.transports.scripted import Script, against, polite, send_all

Kind = OutcomeKind
MakeArm = Callable[..., ArmSpec]
Compose = Callable[..., Message]
DIALOGUES = ("step", "pipelined", "overlapped", "bdat-strict", "bdat-eager")
WAYS = ("smtp none", "smtp starttls plain", "smtp implicit login", "smtp none cram-md5", "smtp none xoauth2")


@dataclass(slots=True)
class Dialogue(SinkRecords):
    """What both sides saw of some messages over one connection, and of its end."""

    setup_turns: int = 0
    close_turns: int = 0
    sent: list[tuple[Outcome, int]] = field(default_factory=list)

    @property
    def kinds(self) -> list[Kind]:
        return [outcome.kind for outcome, _ in self.sent]


async def _with_sink(arm: ArmSpec, messages: Sequence[Message]) -> Dialogue:
    seen, trace = Dialogue(), Trace()
    async with at_a_sink(arm, seen) as (client, _):
        await client.connect(trace)
        seen.setup_turns = trace.turns
        seen.sent = await send_all(client, messages)
        trace.begin()
        await client.close(trace)
    seen.close_turns = trace.turns_to_close
    return seen


@pytest.fixture
def talk(make_arm: MakeArm) -> Callable[..., Dialogue]:
    """`talk("smtp none", "pipelined", [message, …], faults=(…))`."""

    def run(way: str, dialogue: str, messages: Sequence[Message], **changes: Any) -> Dialogue:
        return uvloop.run(_with_sink(make_arm(way, client="wire", dialogue=dialogue, **changes), messages))

    return run


@pytest.mark.parametrize("dialogue", DIALOGUES)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("recipients", [1, 3])
def test_turns(
    way: str, dialogue: str, recipients: int, talk: Any, make_arm: MakeArm, compose_message: Compose
) -> None:
    seen = talk(way, dialogue, [compose_message(recipients)] * 5)
    arm = make_arm(way, dialogue=dialogue)
    assert seen.kinds == [Kind.ACCEPTED] * 5
    assert seen.arrived == list(range(5))
    assert seen.setup_turns == setup_turns(arm)
    assert sum(turns for _, turns in seen.sent) == pytest.approx(5 * message_turns(arm, recipients, 5))
    below = 1 + ("none" not in way)
    counted = seen.setup_turns + sum(turns for _, turns in seen.sent) + seen.close_turns
    assert counted - below == seen.transcript.bursts(0)


def test_the_first_of_an_overlapped_row_pays_for_its_envelope(talk: Any, compose_message: Compose) -> None:
    assert [turns for _, turns in talk("smtp none", "overlapped", [compose_message()] * 5).sent] == [2, 1, 1, 1, 1]


SLOW = Delay("constant", 60_000)
FAULTS = [
    (Fault("mail", reply="450 4.2.1 mailbox busy"), Kind.DEFERRED, 450, 0),
    (Fault("mail", reply="452 4.7.1 rate limit exceeded"), Kind.THROTTLED, 452, 0),
    (Fault("mail", reply="421 4.3.2 going down"), Kind.DEFERRED, 421, 0),
    (Fault("rcpt", reply="550 5.1.1 no such user"), Kind.REJECTED, 550, 0),
    (Fault("rcpt", drop=True), Kind.UNREACHABLE, 0, 0),
    (Fault("data", reply="451 4.3.0 try later"), Kind.DEFERRED, 451, 0),
    (Fault("data", delay=SLOW), Kind.TIMED_OUT, 0, 0),
    (Fault("content", reply="552 5.3.4 too big"), Kind.REJECTED, 552, 0),
    (Fault("content", drop=True), Kind.AMBIGUOUS, 0, 1),
    (Fault("content", delay=SLOW), Kind.AMBIGUOUS, 0, 1),
]


@pytest.mark.parametrize(("fault", "kind", "code", "arrived"), FAULTS)
@pytest.mark.parametrize("dialogue", DIALOGUES)
def test_failures(
    dialogue: str, fault: Fault, kind: Kind, code: int, arrived: int, talk: Any, compose_message: Compose
) -> None:
    if fault.at == "data" and dialogue.startswith("bdat"):
        pytest.skip("BDAT has no DATA")
    if dialogue == "bdat-eager" and fault.drop:  # the content had left with the envelope
        kind = Kind.AMBIGUOUS
    seen = talk("smtp none", dialogue, [compose_message()], faults=(fault,), timeout_s=timeout_s_for(fault))
    outcome, _ = seen.sent[0]
    assert (outcome.kind, outcome.code) == (kind, code)
    assert outcome.text
    assert len(seen.arrived) == arrived


@pytest.mark.parametrize("at", ["mail", "rcpt", "data", "content"])
@pytest.mark.parametrize("how", [{"reply": "450 4.2.1 busy"}, {"reply": "421 4.3.2 going down"}, {"drop": True}])
@pytest.mark.parametrize("dialogue", DIALOGUES)
def test_every_message_is_accounted_for(dialogue: str, at: str, how: Any, talk: Any, compose_message: Compose) -> None:
    """Whatever goes wrong with one message, those before and after it are what the sink says they are."""
    if at == "data" and dialogue.startswith("bdat"):
        pytest.skip("BDAT has no DATA")
    seen = talk("smtp none", dialogue, [compose_message(2)] * 40, faults=(Fault(at, probability=0.2, **how),))
    accepted = [number for number, kind in enumerate(seen.kinds) if kind is Kind.ACCEPTED]
    doubtful = [number for number, kind in enumerate(seen.kinds) if kind is Kind.AMBIGUOUS]
    assert len(accepted) < 40
    assert len(set(seen.arrived)) == len(seen.arrived)
    assert set(accepted) <= set(seen.arrived) <= {*accepted, *doubtful}
    assert bool(doubtful) == ("drop" in how and (at == "content" or dialogue == "bdat-eager"))


def test_some_recipients_refused(talk: Any, compose_message: Compose) -> None:
    fault = Fault("rcpt", probability=0.5, reply="550 5.1.1 no such user")
    for dialogue in DIALOGUES:
        seen = talk("smtp none", dialogue, [compose_message(4)] * 30, faults=(fault,))
        took = {arrival.send: arrival.recipients for arrival in seen.ledger.arrivals}
        expected = {n: 4 - one.refused_recipients for n, (one, _) in enumerate(seen.sent) if one.kind is Kind.ACCEPTED}
        assert took == expected


def test_phases_and_the_kernels_account(make_arm: MakeArm, compose_message: Compose) -> None:
    async def run() -> Trace:
        async with against(make_arm("smtp none", client="wire"), Script(polite), []) as client:
            trace = Trace()
            await client.connect(trace)
            await client.send(client.prepare(compose_message(2)), b"bk0badcafe-0000000000", trace)
        return trace

    trace = uvloop.run(run())
    connecting = [Phase.CONNECT, Phase.BANNER, Phase.EHLO]
    assert trace.phases == [*connecting, Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.CONTENT]
    assert trace.edges == sorted(trace.edges)
    assert trace.segments_out > 0
    assert trace.segments_in > 0
    assert trace.min_rtt_us > 0
    assert trace.retransmits == 0
