"""The waits between the attempts of one message, seeded; they end at once where the user stops the run."""

from __future__ import annotations

import asyncio
from random import Random

from benchkit.model.outcome import Outcome
from benchkit.model.retry import NO_RETRY, RetrySpec

_EARLY_S = 0.002  # so early a timer may fire, and a server counts from its own clock


class Retries:
    """Of one virtual sender. `stop` ends the wait under way, and there is no further one."""

    def __init__(self, spec: RetrySpec, seed: str) -> None:
        self._spec = spec
        self._random = Random(seed)
        self._stopped = asyncio.Event()

    def wait_s(self, outcome: Outcome, attempt: int) -> float | None:
        """None where there is no further attempt."""
        if self._spec.attempts == 1 or self._stopped.is_set():
            return None
        return self._spec.wait_s(outcome, attempt, self._random.random())

    async def pause(self, seconds: float) -> bool:
        """Whether the wait came to its end."""
        try:
            async with asyncio.timeout(seconds + _EARLY_S):
                await self._stopped.wait()
        except TimeoutError:
            return True
        return False

    @property
    def stopped(self) -> bool:
        return self._stopped.is_set()

    def stop(self) -> None:
        self._stopped.set()


def no_retries() -> Retries:
    return Retries(NO_RETRY, "")
