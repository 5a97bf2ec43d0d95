"""2,000 mangled servers; `BENCHKIT_FUZZ=100000` makes it as many as one has the time for."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import uvloop

from benchkit.model.message import Message
from benchkit.model.outcome import OutcomeKind
from benchkit.model.scenario import ArmSpec
from benchkit.protocol.client_sequences import DIALOGUES
from tests.transports.mangled import MESSAGES, survive

FOUND = range(7164, 7165)  # a reply too many in bdat-eager's one group
CASES = int(os.environ.get("BENCHKIT_FUZZ", "2000"))


def test_mangled_servers(make_arm: Callable[..., ArmSpec], compose_message: Callable[..., Message]) -> None:
    def arm(dialogue: str) -> ArmSpec:
        settings: dict[str, Any] = {"client": "wire", "dialogue": dialogue, "timeout_s": 0.05}
        return make_arm("smtp none", **settings)

    found = uvloop.run(survive(arm, compose_message(), range(CASES), tuple(DIALOGUES)))
    uvloop.run(survive(arm, compose_message(), FOUND, tuple(DIALOGUES)))
    assert sum(found.values()) == CASES * MESSAGES
    assert min(found[kind] for kind in (OutcomeKind.ACCEPTED, OutcomeKind.GARBLED, OutcomeKind.AMBIGUOUS)) > 0
