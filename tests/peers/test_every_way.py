"""Every way that a real server offers: accepted, in exactly the turns that the protocol needs, and there once, unaltered."""

from __future__ import annotations

import numpy as np

from benchkit.batch import from_mime
from benchkit.model.identity import split_at_identity, token_of
from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import RunStatus
from tests.peers.running import Sent
from tests.peers.scenario_text import MESSAGES
from tests.peers.stored_bytes import without_trace


def test_every_message_is_accepted(sent: Sent) -> None:
    rows = sent.run.messages
    failed = [
        f"{sent.ways[arm].name}: {OutcomeKind(kind).label} {text}"
        for arm, kind, text in zip(rows["arm"], rows["outcome"], rows["text"], strict=True)
        if kind != OutcomeKind.ACCEPTED
    ]
    assert failed == []
    assert sent.ended.status is RunStatus.COMPLETE, sent.ended.trouble
    assert len(rows["send"]) == MESSAGES * len(sent.ways)


def test_every_way_costs_exactly_its_turns(sent: Sent) -> None:
    rows = sent.run.messages
    counted = {way.name: rows["turns"][rows["arm"] == arm].tolist() for arm, way in enumerate(sent.ways)}
    assert counted == {way.name: way.turns(MESSAGES) for way in sent.ways}


def test_every_message_arrives_once_and_byte_for_byte(sent: Sent) -> None:
    rows = sent.run.messages
    token = sent.run.manifest.token
    arrived = sent.peer.messages(token, wanted=len(rows["send"]))
    assert {send: len(copies) for send, copies in arrived.items()} == dict.fromkeys(rows["send"].tolist(), 1)
    altered = []
    for send, arm, index in np.stack([rows["send"], rows["arm"], rows["message"]], axis=1).tolist():
        message = sent.batch.messages[index]
        left = token_of(token, send).join(split_at_identity(message.mime))
        stored = arrived[send][0]
        if without_trace(stored) != left or from_mime(stored).digest != message.digest:
            altered.append((sent.ways[arm].name, left, stored))
    assert altered == []
