"""Waiting for the intended moment of a send, to the microsecond, and the count of what that costs.

The loop's timers count in whole milliseconds, so the last stretch is waited for by turning the loop round and round. That
burns CPU that no message needs: `spare_ns` is what to leave out when the generator is asked how busy it was. A turn in which
other work was done takes longer than an idle one; counted is only what the cheapest turn so far took, so that `spare_ns` errs
on the low side.
"""

from __future__ import annotations

import asyncio

from benchkit.clock import Clock

TIMER_ERROR_NS = 1_500_000


class Waiting:
    """Of one loop: where several wait at once, one of them counts the turns."""

    def __init__(self, clock: Clock) -> None:
        self.spare_ns = 0
        self._clock = clock
        self._idle_turn_ns = TIMER_ERROR_NS
        self._counting: object | None = None

    async def until(self, moment_ns: int) -> None:
        while (left_ns := moment_ns - self._clock.now_ns()) > TIMER_ERROR_NS:  # noqa: ASYNC110 (a clock is no event)
            await asyncio.sleep((left_ns - TIMER_ERROR_NS) / 1e9)
        me = object()
        turned_ns = self._clock.now_ns()
        while turned_ns < moment_ns:
            self._counting = self._counting or me
            await asyncio.sleep(0)
            began_ns, turned_ns = turned_ns, self._clock.now_ns()
            if self._counting is me:
                self._idle_turn_ns = min(self._idle_turn_ns, turned_ns - began_ns)
                self.spare_ns += self._idle_turn_ns
        if self._counting is me:
            self._counting = None
