"""Throughput: closed loop, N senders, each with a connection of its own, as fast as they are answered."""

from __future__ import annotations

from benchkit.model.plan import PlanCell


class Throughput:
    name = "throughput"

    def senders(self, concurrency: int) -> int:
        return concurrency

    def offset_ns(self, cell: PlanCell, i: int) -> int | None:
        return None


PACE = Throughput()
