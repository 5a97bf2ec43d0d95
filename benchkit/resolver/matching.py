"""Which question a response belongs to, when many share one socket: random ids, and the question repeated (RFC 5452 §9)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from secrets import randbelow

from benchkit.resolver.question import Question


class PendingQuestions:
    """The open questions of one socket. A response that matches none is dropped silently."""

    def __init__(self) -> None:
        self._by_id: dict[int, tuple[Question, asyncio.Future[bytes]]] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    async def exchange(self, question: Question, send: Callable[[bytes], object], wait_s: float) -> bytes:
        """Sends the question with an id that no open question has. Raises TimeoutError, and what `fail` was told."""
        ident = randbelow(65_536)
        while ident in self._by_id:
            ident = randbelow(65_536)
        loop = asyncio.get_running_loop()
        response: asyncio.Future[bytes] = loop.create_future()
        self._by_id[ident] = (question, response)
        # A bare timer, for asyncio.timeout takes longer than all the rest of a question.
        timer = loop.call_later(wait_s, _expire, response)
        try:
            send(question.wire(ident))
            return await response
        finally:
            timer.cancel()
            del self._by_id[ident]
            if response.done() and not response.cancelled():
                response.exception()  # retrieved, also when the waiting task is gone

    def settle(self, wire: bytes) -> None:
        question, response = self._by_id.get(int.from_bytes(wire[:2], "big"), (None, None))
        if question is not None and response is not None and not response.done() and question.is_answered_by(wire):
            response.set_result(wire)

    def fail(self, error: OSError) -> None:
        """The socket is broken: no further response will arrive."""
        for _, response in self._by_id.values():
            if not response.done():
                response.set_exception(error)


def _expire(response: asyncio.Future[bytes]) -> None:
    if not response.done():
        response.set_exception(TimeoutError())
