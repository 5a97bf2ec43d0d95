"""smtp-sink told to fail: every message has the outcome that its failure means, and what arrived agrees with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchkit.cli.names import known_names
from benchkit.model.outcome import OutcomeKind
from tests.peers.servers import smtp_sink
from tests.peers.session import arm_for, converse, message_to

LONG = 200
MESSAGES = [message_to("one")] * 3
STEP = [(client, "step") for client in known_names().clients["smtp"]]
GROUPS = [("wire", "pipelined"), ("wire", "overlapped")]

# settings: outcome, reply code, how many copies may have arrived
REFUSING = {  # all without PIPELINING
    "-r mail": (OutcomeKind.DEFERRED, 450, {0}),
    "-r rcpt": (OutcomeKind.DEFERRED, 450, {0}),
    "-f data": (OutcomeKind.REJECTED, 500, {0}),
    "-f .": (OutcomeKind.REJECTED, 500, {0, 1}),  # it has written the message down before it refuses
}
ENDING = {
    "-Q rcpt": (OutcomeKind.DEFERRED, 421, {0}),
    "-q mail": (OutcomeKind.UNREACHABLE, 0, {0}),
    "-q rcpt": (OutcomeKind.UNREACHABLE, 0, {0}),
    "-q data": (OutcomeKind.UNREACHABLE, 0, {0}),
    "-q .": (OutcomeKind.AMBIGUOUS, 0, {0, 1}),
}
CASES = [(settings, *way) for settings in REFUSING for way in STEP]
CASES += [(settings, *way) for settings in ENDING for way in (*STEP, *GROUPS)]


@pytest.mark.parametrize(("settings", "client", "dialogue"), CASES)
def test_every_message_meets_the_same_failure(settings: str, client: str, dialogue: str, yard: Path) -> None:
    kind, code, copies = {**REFUSING, **ENDING}[settings]
    with smtp_sink.start(yard, *settings.split()) as peer:
        session = converse(peer, arm_for(peer, client, dialogue=dialogue), MESSAGES)
        assert [(outcome.kind, outcome.code) for outcome in session.outcomes] == [(kind, code)] * len(MESSAGES), (
            session.outcomes
        )
        arrived = peer.messages(session.token, wanted=0)
        assert {len(arrived.get(number, [])) for number in range(len(MESSAGES))} <= copies


@pytest.mark.parametrize(("client", "dialogue"), STEP)
def test_a_server_that_is_slower_than_our_patience_has_no_content(client: str, dialogue: str, yard: Path) -> None:
    with smtp_sink.start(yard, "-w", "30") as peer:  # seconds before its reply to DATA
        session = converse(peer, arm_for(peer, client, dialogue=dialogue, timeout_s=0.2), MESSAGES[:2])
        assert session.kinds == [OutcomeKind.TIMED_OUT] * 2, session.outcomes
        assert peer.messages(session.token, wanted=0) == {}


def test_overlapping_comes_to_one_turn_a_message(start_peer: Any) -> None:
    peer = start_peer("smtp_sink")
    session = converse(peer, arm_for(peer, "wire", dialogue="overlapped"), MESSAGES[:1] * LONG)
    assert session.kinds == [OutcomeKind.ACCEPTED] * LONG
    assert sum(session.turns) == LONG + 1
    arrived = peer.messages(session.token, wanted=LONG)
    assert {send: len(copies) for send, copies in arrived.items()} == dict.fromkeys(range(LONG), 1)
