"""The idle timeout of a connection: a timer that each read restarts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


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
