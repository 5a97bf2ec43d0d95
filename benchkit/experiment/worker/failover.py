"""A virtual sender with a second one as failover: the second server gets what the first one does not accept.

One message has one outcome, one trace and one row, whichever server took it. Its time is that of both attempts.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, NamedTuple

from benchkit.experiment.worker.virtual_sender import VirtualSender
from benchkit.model.outcome import Outcome
from benchkit.model.retry import Failover, outcome_of_both
from benchkit.model.trace import Trace


class BothWays(NamedTuple):
    """One message as prepared for both transports."""

    own: Any
    other: Any


class FailoverSender:
    """Like a VirtualSender; each `prepared` is a BothWays.

    The second sender connects when first needed, within the message's time. There are no batches and no prefetching: a
    message is finished before the next one begins.
    """

    prefetches = batches = False
    room = 1

    def __init__(self, own: VirtualSender, other: VirtualSender, failover: Failover) -> None:
        self._own = own
        self._other = other
        self._failover = failover
        self._used = own
        other.share(own)

    @property
    def trace(self) -> Trace:
        return self._own.trace

    @property
    def connection(self) -> int:
        """The connection that the last message finally used."""
        return self._used.connection

    @property
    def nth(self) -> int:
        return self._used.nth

    async def open(self) -> Outcome | None:
        return await self._own.open()

    async def try_out(self) -> Outcome | None:
        return await self._own.try_out()

    async def send(self, prepared: BothWays, identity: bytes, following: Any | None = None) -> Outcome:
        self._own.begin()
        self._used = self._own
        outcome = await self._own.carry(prepared.own, identity, None)
        if self._own.may_go_on and self._failover.takes(outcome.kind):
            self._used = self._other
            self.trace.attempts += 1
            self.trace.failed_over = True
            outcome = outcome_of_both(outcome, await self._other.carry(prepared.other, identity, None))
        return await self._settle(outcome)

    async def _settle(self, outcome: Outcome) -> Outcome:
        """The sender that was used last closes first: only its closing may count as the end of the message."""
        if self._used is self._own:
            return await self._own.settle(outcome)
        settled = await self._other.settle(outcome)
        await self._own.hang_up_apart()
        return settled

    async def send_batch(self, prepared: Any, identities: Any) -> Any:
        raise TypeError("an arm with failover sends one message at a time: the scenario's rules say so")

    def stop_retrying(self) -> None:
        self._own.stop_retrying()
        self._other.stop_retrying()

    async def close(self) -> None:
        await self._own.close()
        with suppress(Exception):
            await self._other.close()
