"""Throughput: closed loop, N senders, each with a connection of its own, as fast as they are answered."""

from __future__ import annotations

from benchkit.model.plan import Cell


class Throughput:
    name = "throughput"

    def senders(self, concurrency: int) -> int:
        return concurrency

    def offset_ns(self, cell: Cell, i: int) -> int | None:
        return None


PACE = Throughput()
