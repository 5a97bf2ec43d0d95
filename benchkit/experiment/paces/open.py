"""Open load: the schedule is drawn before the run and shared by all arms; latency counts from the intended time.

`concurrency` limits the connections that work at once. A send without a free connection starts late, and its lateness is part
of its response time (no coordinated omission).
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
