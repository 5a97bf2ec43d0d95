"""Timers of an embedded server's connection: the idle timeout, and a delayed reply.

A delayed reply is called when it is due, to the precision of one turn of the loop, never earlier. The loop's timers count in
whole milliseconds from a clock that stands still within a turn: they come early or late by one. So the timer is set short, and
the last stretch is waited for by turning the loop, which goes on serving the other connections.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import perf_counter_ns

_TIMER_ERROR_S = 0.0015


class IdleTimer:
    """Calls `expired` once nothing was read for `idle_s` seconds; 0 is for ever."""

    def __init__(self, idle_s: float, expired: Callable[[], None]) -> None:
        self._idle_s = idle_s
        self._expired = expired
        self._handle: asyncio.TimerHandle | None = None

    def restart(self) -> None:
        self.stop()
        if self._idle_s:
            self._handle = asyncio.get_running_loop().call_later(self._idle_s, self._expired)

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None


class DelayedReply:
    """Begins when it is made; `cancel` as of any handle of the loop."""

    __slots__ = ("_handle", "_loop", "_release", "_until_ns")

    def __init__(self, delay_s: float, release: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._until_ns = perf_counter_ns() + round(delay_s * 1e9)
        self._release = release
        self._handle: asyncio.Handle = self._loop.call_later(max(0.0, delay_s - _TIMER_ERROR_S), self._look)

    def cancel(self) -> None:
        self._handle.cancel()

    def _look(self) -> None:
        if perf_counter_ns() < self._until_ns:
            self._handle = self._loop.call_soon(self._look)
        else:
            self._release()
