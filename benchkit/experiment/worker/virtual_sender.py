"""A virtual sender: one transport, its connection policy, and the trace of the current message.

Every send ends with an outcome, even if the user or the deadline stopped it or the client raised an exception.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from benchkit.experiment.worker.message_limits import Deadline, Retries
from benchkit.model.contracts import Batches, Prefetching, Transport
from benchkit.model.outcome import Outcome, OutcomeKind, defect
from benchkit.model.plain_number import significant
from benchkit.model.retry import outcome_of_both
from benchkit.model.scenario import ConnectionPolicy
from benchkit.model.secret import NO_SECRETS, SecretMask
from benchkit.model.trace import Phase, Trace

# Once the content, or the request, is being written, the server may have it all (RFC 5321 §4.5.5 knows the same doubt).
_CONTENT_PHASES = frozenset({Phase.CONTENT, Phase.REQUEST, Phase.WAIT, Phase.RESPONSE})
_STOPPED = "stopped by the user"


class VirtualSender:
    """Sends one message or request after the other. `connection` and `nth` say which connection its first message used."""

    def __init__(
        self, transport: Transport, policy: ConnectionPolicy, numbers: Iterator[int], messages_per_request: int = 1,
        deadline_s: float = 0.0, mask: SecretMask = NO_SECRETS, retries: Retries | None = None,
    ) -> None:  # fmt: skip
        self.trace = Trace()
        self.connection = -1
        self.nth = -1
        self._transport = transport
        self._policy = policy
        self._numbers = numbers
        self._carried = 0
        self._connecting = False
        self._messages_per_request = messages_per_request
        self._deadline = Deadline(deadline_s) if deadline_s else None
        self._mask = mask
        self._retries = retries  # None: a message is tried once
        self._stopped = False
        self._attempt_began = 0  # place of its first phase in the trace
        self._cut_short = False
        self._in_order = True
        self._prefetching = transport if isinstance(transport, Prefetching) and transport.prefetches else None

    @property
    def prefetches(self) -> bool:
        """Whether `send` uses a `following` message."""
        return self._prefetching is not None

    @property
    def batches(self) -> bool:
        """Whether messages are sent by `send_batch`."""
        return self._messages_per_request > 1

    @property
    def room(self) -> int:
        """How many messages its next request may carry: the request's limit, or what remains for the connection."""
        if self._policy.messages and self._transport.connected:
            return min(self._messages_per_request, self._policy.messages - self._carried)
        return self._messages_per_request

    async def open(self) -> Outcome | None:
        """Before the clock: opens a kept connection, so that its first message costs the same as the others."""
        if self._policy.messages != 0:
            return None
        self.trace.begin()
        failure = await self._connect()
        if failure is None:
            self._number_connection()
        return failure

    async def try_out(self) -> Outcome | None:
        """Connects and closes, to learn before the first send what the server does not offer or allow."""
        self.trace.begin()
        failure = await self._connect()
        await self._hang_up()
        return failure

    async def send(self, prepared: Any, identity: bytes, following: Any | None = None) -> Outcome:
        """Connects if necessary, sends, and closes if the policy says so.

        Always gives an outcome; time stamps are in `trace`.
        """
        self.begin()
        return await self.settle(await self.carry(prepared, identity, following))

    def begin(self) -> None:
        """Starts the time of the message."""
        self.trace.begin()
        if self._deadline is not None:
            self._deadline.begin()

    async def carry(self, prepared: Any, identity: bytes, following: Any | None) -> Outcome:
        """All attempts of one message. An ambiguous outcome stays ambiguous unless a later attempt is accepted."""
        self._cut_short, attempt = False, 1
        outcome = last = await self._attempt(prepared, identity, following)
        retries = self._retries
        while retries is not None and last.kind is not OutcomeKind.ACCEPTED and not self._cut_short:
            wait_s = retries.wait_s(last, attempt)
            if wait_s is None or not await self._back_off(retries, wait_s):
                break
            attempt += 1
            self.trace.attempts += 1
            last = await self._attempt(prepared, identity, None)
            outcome = outcome_of_both(outcome, last)
        return outcome

    async def settle(self, outcome: Outcome) -> Outcome:
        """After the last attempt: closes the connection if it has carried its messages, or is broken."""
        if self._deadline is not None:
            self._deadline.end()
        if self._is_used_up or not self._in_order:
            await self._leave()
        return outcome.masked(self._mask)

    @property
    def may_go_on(self) -> bool:
        """Whether neither the deadline nor the user ended the current message."""
        return not self._cut_short and not self._stopped

    def share(self, other: VirtualSender) -> None:
        """Uses the other sender's trace and deadline: both attempt the same messages."""
        self.trace, self._deadline = other.trace, other._deadline

    async def hang_up_apart(self) -> None:
        """Like `settle`, but not timed as part of a message."""
        if self._is_used_up or not self._in_order:
            await self._close_apart()

    async def send_batch(self, prepared: Sequence[Any], identities: Sequence[bytes]) -> Sequence[Outcome]:
        """The same with several messages in one request, whose trace is reported once."""
        self.begin()
        self._attempt_began, self._cut_short = 0, False
        outcomes: Sequence[Outcome]
        try:
            outcomes = await self._exchange_batch(prepared, identities)
            in_order = all(outcome.kind is not OutcomeKind.AMBIGUOUS for outcome in outcomes)
        except BaseException as error:
            outcomes, in_order = [self._broken_off(error, len(identities))] * len(identities), False
        if self._deadline is not None:
            self._deadline.end()
        if self._is_used_up or not in_order:
            await self._leave()
        return [outcome.masked(self._mask) for outcome in outcomes]

    def stop_retrying(self) -> None:
        """The current attempt is the last one."""
        self._stopped = True
        if self._retries is not None:
            self._retries.stop()

    async def close(self) -> None:
        """Closes at the end of the run; this is not timed as part of a message."""
        if self._deadline is not None:
            self._deadline.close()
        self.trace.begin()
        await self._hang_up()

    async def _attempt(self, prepared: Any, identity: bytes, following: Any | None) -> Outcome:
        """One attempt: its outcome. It also updates whether the connection can be used again."""
        self._attempt_began, self._in_order = len(self.trace.phases), False
        try:
            outcome = await self._exchange(prepared, identity, following)
        except BaseException as error:
            return self._broken_off(error, 1)
        self._in_order = outcome.kind is not OutcomeKind.AMBIGUOUS
        return outcome

    async def _back_off(self, retries: Retries, wait_s: float) -> bool:
        """Waits before the next attempt; False if the deadline or the user ends the wait. The wait is its own phase."""
        self.trace.mark(Phase.BACKOFF)
        try:
            await self.hang_up_apart()
            going_on = await retries.pause(wait_s)
        except asyncio.CancelledError:
            going_on = False
        if not going_on:
            self.trace.finish()
        return going_on

    async def _exchange(self, prepared: Any, identity: bytes, following: Any | None) -> Outcome:
        failure = await self._connect_if_need_be()
        if failure is not None:
            return failure
        if following is not None and self._prefetching is not None and self._carried + 1 != self._policy.messages:
            self._prefetching.prefetch(following)
        outcome = await self._transport.send(prepared, identity, self.trace)
        self._count(1)
        return outcome

    async def _exchange_batch(self, prepared: Sequence[Any], identities: Sequence[bytes]) -> Sequence[Outcome]:
        assert isinstance(self._transport, Batches), "the scenario's rules know which clients do"
        failure = await self._connect_if_need_be()
        if failure is not None:
            return [failure] * len(identities)
        outcomes = await self._transport.send_batch(prepared, identities, self.trace)
        if len(outcomes) != len(identities):
            raise ValueError(f"{len(outcomes):,} outcomes for {len(identities):,} messages")
        self._count(len(identities))
        return outcomes

    async def _connect(self) -> Outcome | None:
        """Connects before the first message; an exception counts like a refusal."""
        try:
            failure = await self._transport.connect(self.trace)
        except Exception as error:
            failure = defect(error, content_may_have_left=False)
        return failure and failure.masked(self._mask)

    async def _connect_if_need_be(self) -> Outcome | None:
        if self._transport.connected:
            return None
        self._connecting = True
        failure = await self._transport.connect(self.trace)
        self._connecting = False
        if failure is None:
            self._carried = 0
        else:
            self.trace.finish()
            self.connection = self.nth = -1
        return failure

    def _count(self, messages: int) -> None:
        if Phase.CONNECT in self._phases_of_attempt:  # also when the client reconnected by itself
            self._number_connection()
        self.nth = self._carried
        self._carried += messages

    def _broken_off(self, error: BaseException, messages: int) -> Outcome:
        """The outcome for a send that raised `error`. Raises it again if it ends the program."""
        self.trace.finish()
        if self._connecting:
            self._connecting = False
            self.connection = self.nth = -1
        else:
            self._count(messages)
        in_doubt = any(phase in _CONTENT_PHASES for phase in self._phases_of_attempt)
        self._cut_short = True
        if isinstance(error, asyncio.CancelledError):
            return Outcome(OutcomeKind.AMBIGUOUS if in_doubt else OutcomeKind.TIMED_OUT, text=self._cut_short_by)
        if isinstance(error, Exception):
            return defect(error, content_may_have_left=in_doubt)
        raise error

    @property
    def _phases_of_attempt(self) -> Sequence[int]:
        return self.trace.phases[self._attempt_began :]

    @property
    def _cut_short_by(self) -> str:
        if self._deadline is not None and self._deadline.expired:
            return f"no outcome within the deadline of {significant(self._deadline.seconds)} s"
        return _STOPPED

    async def _leave(self) -> None:
        """Closes after an outcome, which is kept even if the user stops the run meanwhile."""
        with suppress(asyncio.CancelledError):
            await self._hang_up()

    async def _hang_up(self) -> None:
        """The outcome is already known: an error in closing does not change it."""
        with suppress(Exception):
            await self._transport.close(self.trace)

    async def _close_apart(self) -> None:
        closing = Trace()
        with suppress(Exception):
            await self._transport.close(closing)
        self.trace.turns_to_close += closing.turns_to_close

    def _number_connection(self) -> None:
        self.connection = next(self._numbers)
        self._carried = 0

    @property
    def _is_used_up(self) -> bool:
        return 0 < self._policy.messages <= self._carried and self._transport.connected
