"""The bytes that arrived, from the spools of a run that is being closed: to inspect what differed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchkit.model.identity import place_of_key
from benchkit.store.spool import read_batches

_MAILS_A_BODY = 10_000  # more than any request carries


class ArrivedBytes(NamedTuple):
    """`head` is the envelope (SMTP), or the request line with some headers (API); `body` has identities replaced.

    `place`: of the send's mail among those of its request, from 0.
    """

    send: int
    head: bytes
    body: bytes
    place: int = 0


def arrived_bytes(folder: Path, sends: Collection[int]) -> Iterator[ArrivedBytes]:
    """Every distinct body that arrived of these sends. Several mails of one request share a body."""
    wanted: dict[tuple[int, bytes], set[int]] = {}
    for batch in read_batches(folder / "arrivals.arrow"):
        for row in np.flatnonzero(np.isin(batch.column("send").to_numpy(), list(sends))).tolist():
            arm, key, send = (batch.column(name)[row].as_py() for name in ("arm", "key", "send"))
            wanted.setdefault((arm, key), set()).add(send)
    for batch in read_batches(folder / "bodies.arrow"):
        for row, first in enumerate(batch.column("key").to_pylist()):
            arm = batch.column("arm")[row].as_py()
            for send, place in sorted(_sends_of(wanted, arm, first)):
                head, body = (batch.column(name)[row].as_py() for name in ("head", "body"))
                yield ArrivedBytes(send, head, body, place)


def _sends_of(wanted: Mapping[tuple[int, bytes], set[int]], arm: int, first: bytes) -> Iterator[tuple[int, int]]:
    """With the place of each in the body whose first key this is."""
    for (at, key), sends in wanted.items():
        if at == arm and (place := place_of_key(key, first)) < _MAILS_A_BODY:
            yield from ((send, place) for send in sends)
