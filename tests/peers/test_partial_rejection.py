"""Refused recipients and refused content among mail that is taken, as real servers refuse them, in every dialogue.

With `overlapped`, the envelope of the next message is under way when the refusal comes: neither is taken for the other.
"""

from __future__ import annotations

from typing import Any

import pytest

from benchkit.cli.names import known_names
from benchkit.model.identity import split_at_identity, token_of
from benchkit.model.outcome import OutcomeKind
from tests.peers.session import arm_for, converse, message_to
from tests.peers.stored_bytes import without_trace
from tests.peers.ways import OFFERED, OVERLAP_REFUSED

REFUSE = "refuse this content"
SENT = (
    message_to("one"),
    message_to("two", subject=REFUSE),
    message_to("three"),
    message_to("reject"),  # no one is left to send the content to
    message_to("four", "reject", "defer"),
    message_to("defer", "defer"),
    message_to("five", "reject", subject=REFUSE),
    message_to("six"),
)
ACCEPTED, REJECTED, DEFERRED = OutcomeKind.ACCEPTED, OutcomeKind.REJECTED, OutcomeKind.DEFERRED
EXPECTED = [  # outcome, reply code, enhanced status code, refused recipients of an accepted message
    (ACCEPTED, 250, "", 0),
    (REJECTED, 550, "5.7.1", 0),
    (ACCEPTED, 250, "", 0),
    (REJECTED, 550, "5.1.1", 0),
    (ACCEPTED, 250, "", 2),
    (DEFERRED, 451, "4.2.1", 0),
    (REJECTED, 550, "5.7.1", 0),
    (ACCEPTED, 250, "", 0),
]
ARRIVED = {number: 1 for number, (kind, *_) in enumerate(EXPECTED) if kind is ACCEPTED}
REFUSING = ("postfix", "exim", "dovecot", "smtp_server", "aiosmtpd")
CASES = [(name, client, "step") for name in REFUSING for client in known_names().clients["smtp"]] + [
    (name, "wire", dialogue)
    for name in REFUSING
    for dialogue in OFFERED[name]
    if dialogue != "step" and (dialogue != "overlapped" or name not in OVERLAP_REFUSED)
]


@pytest.mark.parametrize(("name", "client", "dialogue"), CASES)
def test_each_message_has_its_own_outcome(name: str, client: str, dialogue: str, start_peer: Any) -> None:
    peer = start_peer(name)
    session = converse(peer, arm_for(peer, client, dialogue=dialogue), SENT)
    found = [(each.kind, each.code, each.enhanced, each.refused_recipients) for each in session.outcomes]
    assert found == EXPECTED, session.outcomes
    arrived = peer.messages(session.token, wanted=len(ARRIVED))
    assert {send: len(copies) for send, copies in arrived.items()} == ARRIVED
    for send, (stored,) in arrived.items():
        left = token_of(session.token, send).join(split_at_identity(SENT[send].mime))
        assert without_trace(stored) == left
