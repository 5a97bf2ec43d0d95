"""The table `events` as numbers, so that millions of events are counted in seconds: kinds, domains and copies have codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchkit.model.event import Bounce, EventKind
from benchkit.model.run import Table

KIND_CODES = {kind.value: code for code, kind in enumerate(EventKind)}
_ODD = np.uint64(
    0x9E3779B97F4A7C15
)  # spreads the numbers of sends over 64 bits, so that two copies hardly share a code


@dataclass(frozen=True, slots=True)
class EventColumns:
    """Arrays with an element an event about a send of the run. `copy` numbers the recipients' copies from 0."""

    arm: Any
    domain: Any  # index into `domains`
    domains: tuple[str, ...]
    kind: Any  # KIND_CODES
    copy: Any
    is_hard: Any
    by_machine: Any
    after_ms: Any
    row: Any  # in the table

    def where(self, mask: Any) -> EventColumns:
        names = ("arm", "domain", "kind", "copy", "is_hard", "by_machine", "after_ms", "row")
        return EventColumns(domains=self.domains, **{name: getattr(self, name)[mask] for name in names})


def event_columns(events: Table) -> EventColumns:
    own = np.flatnonzero(events["send"] >= 0)
    names = events["recipient_domain"][own].tolist()
    domains = tuple(dict.fromkeys(names))
    send, recipient = events["send"][own], events["recipient_hash"][own]
    with np.errstate(over="ignore"):  # a product of 64-bit numbers
        copy = send.astype(np.uint64) * _ODD ^ recipient.astype(np.int64).view(np.uint64)
    return EventColumns(
        arm=events["arm"][own],
        domain=_codes(names, domains),
        domains=domains,
        kind=_codes(events["kind"][own].tolist(), tuple(KIND_CODES)),
        copy=np.unique(copy, return_inverse=True)[1],
        is_hard=np.array([bounce == Bounce.HARD for bounce in events["bounce"][own].tolist()], dtype=bool),
        by_machine=events["machine"][own] == 1,
        after_ms=events["after_ms"][own],
        row=own,
    )


def distinct(codes: Any) -> Any:
    """Each once, in order. For numbers as these numpy's own, which hashes, takes ten times as long."""
    ordered = np.sort(codes)
    return ordered[np.flatnonzero(np.diff(ordered, prepend=-1))]


def _codes(values: Iterable[str], known: Sequence[str]) -> Any:
    code = {name: number for number, name in enumerate(known)}
    return np.array([code[value] for value in values], dtype=np.int32)
