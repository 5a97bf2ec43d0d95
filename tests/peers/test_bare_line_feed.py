"""Content with a bare line feed (RFC 5321 §2.3.8 forbids it): only Haraka refuses it; others correct it or accept it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchkit.cli.names import known_names
from benchkit.model.outcome import OutcomeKind
from tests.peers.session import arm_for, converse, message_to

CORRECTING = frozenset({"aiosmtplib"})  # turns a bare LF into CRLF before it sends
CLIENTS = known_names().clients["smtp"]


@pytest.mark.parametrize("client", CLIENTS)
def test_haraka_refuses_a_bare_line_feed_and_takes_what_we_compose(client: str, start_peer: Any) -> None:
    peer = start_peer("haraka")
    good = message_to("one")
    bad = replace(good, mime=good.mime.replace(b"line.\r\nAnother", b"line.\nAnother"))
    assert bad.mime != good.mime
    first, second = converse(peer, arm_for(peer, client), [good, bad]).kinds
    assert first is OutcomeKind.ACCEPTED
    assert (second is OutcomeKind.ACCEPTED) == (client in CORRECTING)
