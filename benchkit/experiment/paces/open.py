"""Open load: the schedule was drawn beforehand and is shared by all arms; latency counts from the intended time.

`concurrency` bounds the connections that work at once: a send that finds none free starts late, and its lateness is part of
its response time (no coordinated omission).
"""

from __future__ import annotations

from benchkit.model.plan import PlanCell


class Open:
    name = "open"

    def senders(self, concurrency: int) -> int:
        return concurrency

    def offset_ns(self, cell: PlanCell, i: int) -> int | None:
        return cell.offsets_ns[i]


PACE = Open()
