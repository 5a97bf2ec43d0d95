"""The lean HTTP client: the same turns and outcomes as any other, from one write a request, whatever the server does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from benchkit.model.message import Message
from benchkit.model.outcome import OutcomeKind
from benchkit.model.scenario import Delay
from benchkit.model.trace import Phase

Make = Callable[..., Message]
Kind = OutcomeKind
SLOW = Delay("constant", 60_000)


@pytest.mark.parametrize(("way", "turns"), [("api none", 2), ("api implicit", 3)])
def test_a_new_connection_each(way: str, turns: int, talk: Any, compose_message: Make) -> None:
    found = talk(way, [compose_message()] * 3, fresh=True, client="wire")
    assert [one.outcome.kind for one in found.sent] == [Kind.ACCEPTED] * 3
    assert [one.turns for one in found.sent] == [turns] * 3
    assert [arrival.send for arrival in found.ledger.arrivals] == [0, 1, 2]


@pytest.mark.parametrize("way", ["api none", "api implicit"])
def test_an_open_connection(way: str, talk: Any, compose_message: Make) -> None:
    found = talk(way, [compose_message()] * 4, fresh=False, client="wire")
    assert [one.turns for one in found.sent] == [1] * 4
    assert [one.phases for one in found.sent] == [(Phase.REQUEST, Phase.WAIT, Phase.RESPONSE)] * 4
    assert found.transcript.bursts(0) == 4
