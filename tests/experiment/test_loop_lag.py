"""The watchdog and the waiting, on a clock that stands still until it is told to go on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.experiment.worker.cell_watch import EVERY_NS, LoopLag
from benchkit.experiment.worker.start_times import Waiting
from benchkit.model.clock import ManualClock
from benchkit.model.run import LAG_NS


class Loop:
    """An event loop that stands still whenever it is told to; timers are called when it goes on."""

    def __init__(self) -> None:
        self.clock = ManualClock(10**12)
        self.cpu_ns = 0
        self.timers: list[tuple[int, Callable[[], None]]] = []
        self.cancelled = 0
        self.noted: list[tuple[int, int, int]] = []
        self.lag = LoopLag(self.clock, lambda: self.cpu_ns, self.call_later)

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Loop:
        self.timers.append((self.clock.now_ns() + round(seconds * 1e9), callback))
        return self

    def cancel(self) -> None:
        self.timers.clear()
        self.cancelled += 1

    def watch(self) -> None:
        self.lag.watch(lambda *lag: self.noted.append(lag))

    def turn(self, after_ns: int, *, computing: bool = False) -> None:
        """One callback that takes so long, and then the timers that are due."""
        self.clock.advance(after_ns)
        self.cpu_ns += after_ns * computing
        due = [callback for at_ns, callback in self.timers if at_ns <= self.clock.now_ns()]
        self.timers = [timer for timer in self.timers if timer[0] > self.clock.now_ns()]
        for callback in due:
            callback()


def test_a_standstill_is_noted_with_its_edges_and_what_was_computed() -> None:
    loop = Loop()
    began_ns = loop.clock.now_ns()
    loop.watch()
    loop.turn(30_000_000)
    loop.turn(EVERY_NS)
    loop.turn(40_000_000, computing=True)
    first, second = loop.noted
    assert first == (began_ns + EVERY_NS, began_ns + 30_000_000, 0)
    assert second == (began_ns + 35_000_000 + EVERY_NS, began_ns + 75_000_000, 40_000_000)


@given(st.lists(st.integers(1, LAG_NS), max_size=200))
def test_a_busy_loop_is_not_flagged(turns_ns: list[int]) -> None:
    loop = Loop()
    loop.watch()
    for turn_ns in turns_ns:
        loop.turn(turn_ns, computing=True)
    assert loop.noted == []


@given(st.lists(st.integers(1, LAG_NS)), st.integers(EVERY_NS + LAG_NS + 1, 10**10))
def test_a_long_standstill_is_always_found(turns_ns: list[int], standstill_ns: int) -> None:
    loop = Loop()
    loop.watch()
    for turn_ns in turns_ns:
        loop.turn(turn_ns)
    loop.turn(standstill_ns)
    ((due_ns, called_ns, _),) = loop.noted
    assert standstill_ns - EVERY_NS <= called_ns - due_ns <= standstill_ns
    assert called_ns == loop.clock.now_ns()


@pytest.mark.parametrize(("standstill_ns", "found"), [(EVERY_NS + LAG_NS, 0), (EVERY_NS + LAG_NS + 1, 1)])
def test_one_that_ends_with_the_window_counts_and_none_after_it(standstill_ns: int, found: int) -> None:
    loop = Loop()
    loop.watch()
    loop.clock.advance(standstill_ns)
    loop.lag.pause()
    assert (len(loop.noted), loop.cancelled, loop.timers) == (found, 1, [])
    loop.turn(10**9)
    loop.lag.pause()
    assert len(loop.noted) == found


class Turning(ManualClock):
    """Each reading takes a turn's time."""

    def now_ns(self) -> int:
        self.advance(1_000)
        return super().now_ns()


def test_waiting_costs_are_counted_once_for_all_who_wait() -> None:
    async def wait(waiters: int) -> tuple[int, int]:
        clock = Turning()
        waiting = Waiting(clock)
        await asyncio.gather(*(waiting.until(1_000_000) for _ in range(waiters)))
        return waiting.spare_ns, clock.now_ns()

    for waiters in (1, 2, 50):
        spare_ns, waited_ns = asyncio.run(wait(waiters))
        assert 0.9 * waited_ns < spare_ns <= waited_ns


def test_waiting_for_what_is_past_costs_nothing() -> None:
    async def wait() -> int:
        waiting = Waiting(ManualClock(10))
        await waiting.until(10)
        return waiting.spare_ns

    assert asyncio.run(wait()) == 0


def test_a_turn_with_work_in_it_is_not_spare() -> None:
    async def wait() -> int:
        clock = Turning()
        waiting = Waiting(clock)
        await waiting.until(100_000)
        idle_ns = waiting.spare_ns

        async def work() -> None:
            while clock.now_ns() < 1_000_000:
                clock.advance(50_000)
                await asyncio.sleep(0)

        await asyncio.gather(waiting.until(1_000_000), work())
        return waiting.spare_ns - idle_ns

    assert asyncio.run(wait()) < 100_000
