"""Which question a response belongs to, when many share one socket: random ids, and the question repeated (RFC 5452 §9)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from secrets import randbelow

from benchkit.resolver.question import Question


class Waiting:
    """The questions that are in the air on one socket. A response that matches none is dropped without a word."""

    def __init__(self) -> None:
        self._by_id: dict[int, tuple[Question, asyncio.Future[bytes]]] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    @contextmanager
    def expect(self, question: Question) -> Iterator[tuple[int, asyncio.Future[bytes]]]:
        """An id that nobody else uses now, and the response to come; both are given back at the end."""
        ident = randbelow(65_536)
        while ident in self._by_id:
            ident = randbelow(65_536)
        response: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._by_id[ident] = (question, response)
        try:
            yield ident, response
        finally:
            del self._by_id[ident]
            if response.done() and not response.cancelled():
                response.exception()  # seen, also when a timeout came first

    def settle(self, wire: bytes) -> None:
        question, response = self._by_id.get(int.from_bytes(wire[:2], "big"), (None, None))
        if question is not None and response is not None and not response.done() and question.is_answered_by(wire):
            response.set_result(wire)

    def fail(self, error: OSError) -> None:
        """The socket is broken: nothing more will come for anybody."""
        for _, response in self._by_id.values():
            if not response.done():
                response.set_exception(error)
