"""Which messages arrived changed, and what differs: the first few of each arm and kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchkit.model.run import Run
from benchkit.model.summary import AlteredMessage
from benchkit.stats.delivery import Delivery

MOST = 12
_OF_A_KIND = 3
_WORDS = ("content", "recipients", "sender")


def altered_messages(run: Run, delivery: Delivery) -> tuple[AlteredMessage, ...]:
    """In the order of the sends. The first of every arm and kind come before the second of any."""
    rows = np.flatnonzero(delivery.differs)
    if len(rows) == 0:
        return ()
    columns = {name: run.messages[name][rows] for name in ("send", "arm", "condition", "message")}
    flags = np.stack([array[rows] for array in (delivery.altered, delivery.other_recipients, delivery.other_sender)])
    chosen = sorted(_ranked(np.vstack([columns["arm"], flags])))[:MOST]
    found = [_described(run, {name: column[i] for name, column in columns.items()}, flags[:, i]) for _, i in chosen]
    return tuple(sorted(found, key=lambda one: one.send))


def _ranked(kinds: Any) -> Iterator[tuple[int, int]]:
    """(rank within its kind, position) of the first few of each kind; a kind is a column."""
    _, number = np.unique(kinds, axis=1, return_inverse=True)
    for kind in range(int(number.max()) + 1):
        yield from enumerate(np.flatnonzero(number.ravel() == kind)[:_OF_A_KIND].tolist())


def _described(run: Run, row: dict[str, Any], flags: Any) -> AlteredMessage:
    return AlteredMessage(
        arm=run.manifest.arms[row["arm"]].name,
        condition=run.manifest.conditions[row["condition"]].name,
        send=int(row["send"]),
        message=int(row["message"]),
        differs=tuple(word for word, differs in zip(_WORDS, flags, strict=True) if differs),
    )
