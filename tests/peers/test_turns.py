"""The table of method.md §2 against every peer: each dialogue that it offers, at each listener, several recipients a message.

A dialogue that it does not offer is refused before the first send, in the words of what is missing.
"""

from __future__ import annotations

from typing import Any

import pytest

from benchkit.model.outcome import OutcomeKind
from benchkit.protocol.client_sequences import DIALOGUES
from benchkit.protocol.expected_turns import message_turns, setup_turns
from tests.peers.session import Session, arm_for, converse, message_to
from tests.peers.ways import OFFERED, OVERLAP_REFUSED

TO = ("one", "two", "three")
MESSAGES = [message_to(*TO)] * 4
CASES = [(name, dialogue) for name in OFFERED for dialogue in DIALOGUES]
EXCEPT = {(name, "overlapped") for name in OVERLAP_REFUSED}  # test_overlap has these


@pytest.mark.parametrize(("name", "dialogue"), [case for case in CASES if case not in EXCEPT])
def test_turns_are_those_of_the_protocol(name: str, dialogue: str, start_peer: Any) -> None:
    peer = start_peer(name)
    for listener in peer.listeners:
        arm = arm_for(peer, "wire", listener, dialogue=dialogue)
        session = converse(peer, arm, MESSAGES)
        if dialogue not in OFFERED[name]:
            assert_refused_beforehand(session)
            continue
        expected = message_turns(arm, len(TO), len(MESSAGES))
        assert session.kinds == [OutcomeKind.ACCEPTED] * len(MESSAGES), session.outcomes
        assert session.setup_turns == setup_turns(arm)
        assert sum(session.turns) == expected * len(MESSAGES)
        assert max(session.turns) - min(session.turns) == (dialogue == "overlapped")


def assert_refused_beforehand(session: Session) -> None:
    assert session.kinds == [OutcomeKind.REJECTED] * len(MESSAGES), session.outcomes
    assert {outcome.text.rpartition(" offer ")[0] for outcome in session.outcomes} == {"the server does not"}
