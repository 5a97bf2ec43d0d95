"""Talk: closed loop, one sender, one message at a time. It measures service time (method.md §4)."""

from __future__ import annotations

from benchkit.model.plan import PlanCell


class Talk:
    name = "talk"

    def senders(self, concurrency: int) -> int:
        return 1

    def offset_ns(self, cell: PlanCell, i: int) -> int | None:
        return None


PACE = Talk()
