"""A virtual sender: one transport, its connection policy, and the trace of the message under way."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from benchkit.model.contracts import LooksAhead, Transport
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.scenario import ConnectionPolicy
from benchkit.model.trace import Phase, Trace

# Once the content, or the request, is being written, the server may have it all (RFC 5321 §4.5.5 knows the same doubt).
_CONTENT_PHASES = frozenset({Phase.CONTENT, Phase.REQUEST, Phase.WAIT, Phase.RESPONSE})
_STOPPED = "stopped by the user"


class VirtualSender:
    """Sends one message after the other; `connection` and `nth` say where the last one went."""

    def __init__(self, transport: Transport, policy: ConnectionPolicy, numbers: Iterator[int]) -> None:
        self.trace = Trace()
        self.connection = -1
        self.nth = -1
        self._transport = transport
        self._policy = policy
        self._numbers = numbers
        self._carried = 0
        self._far_sighted = transport if isinstance(transport, LooksAhead) and transport.looks_ahead else None

    @property
    def looks_ahead(self) -> bool:
        """Whether `send` makes use of a `following` message."""
        return self._far_sighted is not None

    async def open(self) -> Outcome | None:
        """Before the clock: a kept connection is made ahead of its first message, which so costs what every other costs."""
        if self._policy.messages != 0:
            return None
        self.trace.begin()
        failure = await self._transport.connect(self.trace)
        if failure is None:
            self._number_connection()
        return failure

    async def try_out(self) -> Outcome | None:
        """Connect and hang up: what the server does not offer, or does not allow, is known before the first send."""
        self.trace.begin()
        failure = await self._transport.connect(self.trace)
        await self._transport.close(self.trace)
        return failure

    async def send(self, prepared: Any, identity: bytes, following: Any | None = None) -> Outcome:
        """Connect if need be, send, and close where the policy says so. An outcome whatever happens; stamps in `trace`."""
        self.trace.begin()
        try:
            outcome = await self._exchange(prepared, identity, following)
        except asyncio.CancelledError:
            outcome = self._cut_short()
        if self._is_used_up or outcome.kind is OutcomeKind.AMBIGUOUS:
            await self._transport.close(self.trace)
        return outcome

    async def close(self) -> None:
        """The end of the run; nobody's time."""
        self.trace.begin()
        await self._transport.close(self.trace)

    async def _exchange(self, prepared: Any, identity: bytes, following: Any | None) -> Outcome:
        if not self._transport.connected:
            failure = await self._transport.connect(self.trace)
            if failure is not None:
                self.trace.finish()
                self.connection = self.nth = -1
                return failure
            self._carried = 0
        if following is not None and self._far_sighted is not None and self._carried + 1 != self._policy.messages:
            self._far_sighted.announce(following)
        outcome = await self._transport.send(prepared, identity, self.trace)
        if Phase.CONNECT in self.trace.phases:  # also when the client reconnected by itself
            self._number_connection()
        self._carried += 1
        self.nth += 1
        return outcome

    def _cut_short(self) -> Outcome:
        self.trace.finish()
        in_doubt = any(phase in _CONTENT_PHASES for phase in self.trace.phases)
        return Outcome(OutcomeKind.AMBIGUOUS if in_doubt else OutcomeKind.TIMED_OUT, text=_STOPPED)

    def _number_connection(self) -> None:
        self.connection = next(self._numbers)
        self._carried = 0
        self.nth = -1

    @property
    def _is_used_up(self) -> bool:
        return self._transport.connected and 0 < self._policy.messages <= self._carried
