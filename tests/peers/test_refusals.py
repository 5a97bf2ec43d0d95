"""Refused recipients and refused content, as real servers refuse them: recorded as what they are, and never stored there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchkit.cli.names import known_names
from benchkit.model.outcome import OutcomeKind
from tests.peers.session import converse, message_to

REFUSING = ("postfix", "exim", "dovecot", "smtp_server", "aiosmtpd")
MENDING = frozenset({"aiosmtplib"})  # turns a bare LF into CRLF before it sends
CLIENTS = known_names().clients["smtp"]


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("name", REFUSING)
def test_a_refused_recipient_is_told_from_an_accepted_one(name: str, client: str, start_peer: Any) -> None:
    peer = start_peer(name)
    messages = [message_to(*to.split()) for to in ("reject", "defer", "one reject defer", "one")]
    session = converse(peer, client, messages)
    outcomes = session.outcomes
    assert session.kinds == [OutcomeKind.REJECTED, OutcomeKind.DEFERRED, OutcomeKind.ACCEPTED, OutcomeKind.ACCEPTED]
    assert [outcome.code for outcome in outcomes[:2]] == [550, 451]
    assert [outcome.enhanced for outcome in outcomes[:2]] == ["5.1.1", "4.2.1"]
    assert [outcome.refused_recipients for outcome in outcomes[2:]] == [2, 0]


@pytest.mark.parametrize("client", CLIENTS)
def test_haraka_refuses_a_bare_line_feed_and_takes_what_we_compose(client: str, start_peer: Any) -> None:
    peer = start_peer("haraka")
    good = message_to("one")
    bad = replace(good, mime=good.mime.replace(b"line.\r\nAnother", b"line.\nAnother"))
    assert bad.mime != good.mime
    first, second = converse(peer, client, [good, bad]).kinds
    assert first is OutcomeKind.ACCEPTED
    assert (second is OutcomeKind.ACCEPTED) == (client in MENDING)
