"""Every way that a real server offers: accepted, in exactly the turns that the protocol needs, and there once, unaltered."""

from __future__ import annotations

import json

import numpy as np

from benchkit.batch import from_mime
from benchkit.model.identity import split_at_identity, token_of
from benchkit.model.message import Message
from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import RunStatus
from benchkit.protocol.expected_turns import message_turns, setup_turns
from tests.peers.api_ways import ApiWay
from tests.peers.running import Sent
from tests.peers.scenario_text import MESSAGES
from tests.peers.stored_bytes import without_trace
from tests.peers.ways import Way


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


def test_benchkit_expects_the_same_turns(sent: Sent) -> None:
    for arm, way in zip(sent.scenario.arms, sent.ways, strict=True):
        fresh = arm.connection.messages == 1
        in_a_row = 1 if fresh else MESSAGES
        expected = message_turns(arm, 1, in_a_row) + (setup_turns(arm) if fresh else 0)
        assert sum(way.turns(MESSAGES)) == expected * MESSAGES, way.name


def test_every_message_arrives_once_and_as_it_was_sent(sent: Sent) -> None:
    rows = sent.run.messages
    token = sent.run.manifest.token
    arrived = sent.peer.messages(token, wanted=len(rows["send"]))
    assert {send: len(copies) for send, copies in arrived.items()} == dict.fromkeys(rows["send"].tolist(), 1)
    altered = []
    for send, arm, index in np.stack([rows["send"], rows["arm"], rows["message"]], axis=1).tolist():
        way, message, stored = sent.ways[arm], sent.batch.messages[index], arrived[send][0]
        identity = token_of(token, send)
        if not _is_intact(stored, message, identity, way):
            altered.append((way.name, identity, stored))
    assert altered == []


def _is_intact(stored: bytes, message: Message, identity: bytes, way: Way | ApiWay) -> bool:
    if isinstance(way, ApiWay):
        return _is_same_content(stored, message, way)
    return _is_same_mail(stored, message, identity)


def _is_same_mail(stored: bytes, message: Message, identity: bytes) -> bool:
    left = identity.join(split_at_identity(message.mime))
    return without_trace(stored) == left and from_mime(without_trace(stored)).digest == message.digest


def _is_same_content(stored: bytes, message: Message, way: ApiWay) -> bool:
    """By what the application has understood; its server must have spoken HTTP as the way asks for."""
    arrived = json.loads(stored)
    return (arrived["digest"], arrived["http_version"]) == (message.digest.hex(), way.http_version)
