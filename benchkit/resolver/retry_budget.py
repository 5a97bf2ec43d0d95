"""What one question has cost so far, whether it may cost more, and how long it may still take."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from benchkit.model.clock import Clock
from benchkit.model.durations import NS_PER_MS

NS_PER_S = 1_000_000_000
# Set by a budget for what is asked under it: called for every query but a question's first, which is paid for.
ALLOWANCE: ContextVar[Callable[[], None] | None] = ContextVar("allowance", default=None)


class BudgetExhausted(OSError):
    """The budget allows no further query. An OSError, like every other reason for a missing response."""


@dataclass(slots=True)
class RetryBudget:
    """`queries` is counted where a query leaves, so that those that were lost are counted too."""

    clock: Clock
    started_ns: int
    end_ns: int  # of the question with all its tries
    try_end_ns: int = 0
    queries: int = 0

    def spend(self) -> None:
        """Call before a query is sent. Raises BudgetExhausted."""
        take = ALLOWANCE.get()
        if self.queries and take:
            take()
        self.queries += 1

    def begin_try(self, wait_s: float) -> None:
        self.try_end_ns = min(self.end_ns, self.clock.now_ns() + round(wait_s * NS_PER_S))

    @property
    def rtt_ms(self) -> float:
        """Since the question was asked, with all its tries and its chain."""
        return (self.clock.now_ns() - self.started_ns) / NS_PER_MS

    @property
    def left_s(self) -> float:
        """Of this try."""
        return (self.try_end_ns - self.clock.now_ns()) / NS_PER_S

    @property
    def is_over(self) -> bool:
        return self.clock.now_ns() >= self.end_ns
