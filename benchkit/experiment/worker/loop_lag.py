"""The loop-lag watchdog (method.md §7): a timer that notes when it was called late, because the loop stood still.

A loop with much to do calls a timer a turn late, a few milliseconds; one that is blocked, or has no core to run on, leaves it
waiting. A standstill of EVERY_NS + LAG_NS is always found, one shorter than LAG_NS never is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from benchkit.clock import Clock
from benchkit.model.run import LAG_NS

EVERY_NS = 5_000_000

# (due_ns, called_ns, cpu_ns): when the timer was to be called and was, and what the thread computed since the call before
Note = Callable[[int, int, int], None]


class Timer(Protocol):
    def cancel(self) -> object: ...


class LoopLag:
    """`call_later` is the loop's (seconds, callback); `cpu_ns` reads the CPU time of the loop's thread."""

    def __init__(
        self, clock: Clock, cpu_ns: Callable[[], int], call_later: Callable[[float, Callable[[], None]], Timer]
    ) -> None:
        self._clock = clock
        self._cpu_ns = cpu_ns
        self._call_later = call_later
        self._note: Note | None = None
        self._timer: Timer | None = None
        self._due_ns = self._cpu_before_ns = 0

    def watch(self, note: Note) -> None:
        self._note = note
        self._cpu_before_ns = self._cpu_ns()
        self._set()

    def rest(self) -> None:
        """A standstill that ends with the window has left the timer waiting, and counts."""
        if self._timer is not None:
            self._timer.cancel()
            self._look()
        self._timer = self._note = None

    def _set(self) -> None:
        self._due_ns = self._clock.now_ns() + EVERY_NS
        self._timer = self._call_later(EVERY_NS / 1e9, self._called)

    def _called(self) -> None:
        self._look()
        self._set()

    def _look(self) -> None:
        now_ns, cpu_ns = self._clock.now_ns(), self._cpu_ns()
        if self._note is not None and now_ns - self._due_ns > LAG_NS:
            self._note(self._due_ns, now_ns, cpu_ns - self._cpu_before_ns)
        self._cpu_before_ns = cpu_ns
