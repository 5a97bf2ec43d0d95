"""The time limit of a whole message, whatever its client does: the sending task is cancelled when it is over.

One timer serves all messages of a virtual sender: it looks at the message under way when it fires, and not with each message.
"""

from __future__ import annotations

import asyncio
from typing import Any

_TIMER_GRAIN_S = 0.002


class Deadline:
    """`begin` and `end` around each message, in the task that sends it; `seconds` 0: without limit."""

    __slots__ = ("_due", "_loop", "_task", "_timer", "expired", "seconds")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.expired = False
        self._due = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Any] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        if not self.seconds:
            return
        loop = self._loop or asyncio.get_running_loop()
        self._loop, self._task, self.expired = loop, asyncio.current_task(), False
        self._due = loop.time() + self.seconds
        if self._timer is None:
            self._timer = loop.call_at(self._due, self._look)

    def end(self) -> None:
        """The message is over. Takes back this deadline's own cancellation, also if the client did not pass it on."""
        task, self._task = self._task, None
        if self.expired and task is not None:
            task.uncancel()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = None
        if self._task is None or self._loop is None:
            return
        if self._loop.time() + _TIMER_GRAIN_S < self._due:
            self._timer = self._loop.call_at(self._due, self._look)
            return
        self.expired = True
        self._task.cancel()
