"""Closed loops: a sender begins its next message when the current one has its outcome, so no send has an intended time.

Talk has one sender, which sends one message at a time: it measures service time (method.md §4). Throughput has N senders,
each with its own connection, that send as fast as they get answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from benchkit.model.plan import PlanCell


@dataclass(frozen=True, slots=True)
class ClosedLoop:
    name: str
    most_senders: int | None  # None: as many as the scenario's concurrency

    def senders(self, concurrency: int) -> int:
        return self.most_senders or concurrency

    def offset_ns(self, cell: PlanCell, i: int) -> int | None:
        return None


PACE: Mapping[str, ClosedLoop] = {
    "talk": ClosedLoop("talk", most_senders=1),
    "throughput": ClosedLoop("throughput", most_senders=None),
}
