"""How long and how often one message is tried: its time limit, and the waits between its attempts.

The time limit holds whatever the client does: at its end the sending task is cancelled. One timer serves all messages of a
virtual sender: when it fires it checks the current message, so no timer is set per message. The waits are seeded, and end at
once if the user stops the run.
"""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any

from benchkit.model.outcome import Outcome
from benchkit.model.retry import RetrySpec

_TIMER_GRAIN_S = 0.002


class Deadline:
    """`begin` and `end` around each message, in the task that sends it."""

    __slots__ = ("_due", "_loop", "_task", "_timer", "expired", "seconds")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.expired = False
        self._due = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Any] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        loop = self._loop or asyncio.get_running_loop()
        self._loop, self._task, self.expired = loop, asyncio.current_task(), False
        self._due = loop.time() + self.seconds
        if self._timer is None:
            self._timer = loop.call_at(self._due, self._on_timer)

    def end(self) -> None:
        """The message is finished. Withdraws this deadline's own cancellation, even if the client swallowed it."""
        task, self._task = self._task, None
        if self.expired and task is not None:
            task.uncancel()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _on_timer(self) -> None:
        self._timer = None
        if self._task is None or self._loop is None:
            return
        if self._loop.time() + _TIMER_GRAIN_S < self._due:
            self._timer = self._loop.call_at(self._due, self._on_timer)
            return
        self.expired = True
        self._task.cancel()


_EARLY_S = 0.002  # so early a timer may fire, and a server counts from its own clock


class Retries:
    """The retries of one virtual sender. `stop` ends the current wait and all further ones."""

    def __init__(self, spec: RetrySpec, seed: str) -> None:
        self._spec = spec
        self._random = Random(seed)
        self._stopped = asyncio.Event()

    def wait_s(self, outcome: Outcome, attempt: int) -> float | None:
        """None if there is no further attempt."""
        if self._stopped.is_set():
            return None
        return self._spec.wait_s(outcome, attempt, self._random.random())

    async def pause(self, seconds: float) -> bool:
        """Whether the wait was completed."""
        try:
            async with asyncio.timeout(seconds + _EARLY_S):
                await self._stopped.wait()
        except TimeoutError:
            return True
        return False

    def stop(self) -> None:
        self._stopped.set()
