"""Servers that offer PIPELINING and cannot take an envelope right behind a content: doubt is recorded as doubt.

What they do is pinned, so that a release that does otherwise is noticed: docs/peers.md warns of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchkit.model.outcome import OutcomeKind
from tests.peers.running import ask_for
from tests.peers.ways import OVERLAP_REFUSED, overlapping_ways

FIRST = {"haraka": OutcomeKind.ACCEPTED, "dovecot": OutcomeKind.AMBIGUOUS}
SECOND = {"haraka": OutcomeKind.REJECTED, "dovecot": OutcomeKind.AMBIGUOUS}


@pytest.mark.parametrize("name", OVERLAP_REFUSED)
def test_what_a_server_cannot_take_is_never_called_accepted(name: str, start_peer: Any, tmp_path: Path) -> None:
    peer = start_peer(name)
    way = next(overlapping_ways(peer))
    asked = ask_for(peer, [way], tmp_path)
    run = asked.sent(asked.conducted()).run
    outcomes = dict(zip(run.messages["send"].tolist(), map(OutcomeKind, run.messages["outcome"]), strict=True))
    assert list(outcomes.values())[:2] == [FIRST[name], SECOND[name]]
    taken = [send for send, kind in outcomes.items() if kind is OutcomeKind.ACCEPTED]
    arrived = peer.messages(run.manifest.token, wanted=len(taken))
    for send, kind in outcomes.items():
        copies = len(arrived.get(send, []))
        assert copies in {OutcomeKind.ACCEPTED: (1,), OutcomeKind.AMBIGUOUS: (0, 1)}.get(kind, (0,)), (send, kind)
