"""What one question has cost so far, and how long it may still take."""

from __future__ import annotations

from dataclasses import dataclass

from benchkit.clock import Clock

NS_PER_S = 1e9


@dataclass(slots=True)
class Effort:
    """`queries` is counted where a query leaves, so that those that were lost are counted too."""

    clock: Clock
    end_ns: int  # of the question with all its tries
    try_end_ns: int = 0
    queries: int = 0

    def begin_try(self, wait_s: float) -> None:
        self.try_end_ns = min(self.end_ns, self.clock.now_ns() + round(wait_s * NS_PER_S))

    @property
    def left_s(self) -> float:
        """Of this try."""
        return (self.try_end_ns - self.clock.now_ns()) / NS_PER_S

    @property
    def is_over(self) -> bool:
        return self.clock.now_ns() >= self.end_ns
