"""The clock as a parameter: code that needs time gets a `Clock`; tests pass a `ManualClock` and never sleep.

CLOCK_MONOTONIC is one clock for all processes of a machine, so stamps of the client and of the sink compare
(method.md §3). Wall-clock time is for names and records only, never for a duration.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Monotonic nanoseconds; differences are only taken in model/durations.py."""

    def now_ns(self) -> int: ...


class MonotonicClock:
    """The kernel's CLOCK_MONOTONIC through `perf_counter_ns`."""

    __slots__ = ()
    now_ns = staticmethod(time.perf_counter_ns)


class ManualClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, start_ns: int = 0) -> None:
        self._now_ns = start_ns

    def now_ns(self) -> int:
        return self._now_ns

    def advance(self, by_ns: int) -> None:
        self._now_ns += by_ns


def utc_now() -> datetime:
    """The wall clock, for names of runs and for records."""
    return datetime.now(UTC)


def slept_ns() -> int:
    """How long this machine has been suspended since it booted: only CLOCK_BOOTTIME counts that (clock_gettime(2))."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) - time.clock_gettime_ns(time.CLOCK_MONOTONIC)
