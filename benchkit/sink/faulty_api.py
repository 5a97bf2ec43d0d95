"""An HTTP connection with faults, or with a transcript: the slower variant of api.py.

Requests wait in a queue, because a delayed request delays those after it. Faults apply at two points: `request`, before the
request is accepted, and `response`, after it. A fault with a status refuses the whole request; one with an answer accepts the
part that the answer does not refuse.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from time import perf_counter_ns

from benchkit.model.exchange import RateLimit, Request, Response
from benchkit.sink.api import ApiListener, ApiSession, rendered
from benchkit.sink.faults import Action, Faults
from benchkit.sink.timers import DelayedReply, IdleTimer


class FaultyApiSession(ApiSession):
    def __init__(self, listener: ApiListener, faults: Faults) -> None:
        super().__init__(listener)
        self._faults = faults
        self._waiting: deque[Callable[[], None]] = deque()  # what is still to be done, in order
        self._delayed: DelayedReply | None = None
        self._messages = 0
        self._idle = IdleTimer(faults.idle_s, self.hang_up)  # without a word: who asked for nothing gets no answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._idle.restart()
        self._act(self._faults.meet("connect", 0), lambda: None)
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._idle.stop()
        self._waiting.clear()
        if self._delayed is not None:
            self._delayed.cancel()

    def data_received(self, data: bytes) -> None:
        self._idle.restart()
        super().data_received(data)

    def _complete(self, request: Request, keep_alive: bool) -> None:
        self._note("in", f"{request.method} {request.target}".encode(), perf_counter_ns())
        self._waiting.append(lambda: self._meet_request(request, keep_alive))

    def _say(self, data: bytes) -> None:
        self._waiting.append(lambda: self._out.append(data))

    def _end_with(self, status: int) -> None:
        self._body = b""
        self._waiting.append(lambda: self._respond(self._listener.refuse(status), False))

    def _meet_request(self, request: Request, keep_alive: bool) -> None:
        action = self._faults.meet("request", self._messages)
        if action.refuses:
            response = self._refusal(action, request)
            self._act(action, lambda: self._respond(response, keep_alive))
        else:
            self._act(action, lambda: self._meet_response(request, keep_alive))

    def _meet_response(self, request: Request, keep_alive: bool) -> None:
        action = self._faults.meet("response", self._messages)
        if action.refuses:
            response = self._refusal(action, request)
        else:
            response = self._listener.answer(request)
            self._messages += response.status < 300
        keep_alive = keep_alive and not self._faults.last(self._messages)
        self._act(action, lambda: self._respond(response, keep_alive))

    def _refusal(self, action: Action, request: Request) -> Response:
        if action.limited_s:
            return self._listener.server.throttled(action.limited_s)
        if action.answer:
            return self._listener.answer_named(action.answer, request, action.retry_after_s)
        refused = self._listener.refuse(action.status, retry_after_s=action.retry_after_s)
        if action.status != self._listener.server.limit_status or self._faults.rate is not None:
            return refused
        limit_headers = self._listener.server.rate_headers(RateLimit(1, 0, action.retry_after_s or 1))
        return replace(refused, headers=(*refused.headers, *limit_headers))  # a limit that no [arm.limit] counts

    def _act(self, action: Action, then: Callable[[], None]) -> None:
        """Continues now, later, or never."""
        if action.delay_s:
            self.transport.pause_reading()
            self._idle.stop()  # the silence is ours
            self._delayed = DelayedReply(action.delay_s, partial(self._release, action.drop, then))
        else:
            self._proceed(action.drop, then)

    def _release(self, drop: bool, then: Callable[[], None]) -> None:
        self._delayed = None
        self._proceed(drop, then)
        if not self.transport.is_closing():
            self.transport.resume_reading()
            self._idle.restart()
            self._flush()

    def _proceed(self, drop: bool, then: Callable[[], None]) -> None:
        if drop:
            super()._flush()
            self.transport.abort()
        else:
            then()

    def _respond(self, response: Response, keep_alive: bool) -> None:
        self._closing = not keep_alive
        if keep_alive and (promise := self._faults.keep_alive(self._messages)):
            response = replace(response, headers=(*response.headers, ("keep-alive", promise)))
        if (rate := self._faults.rate) is not None:
            rate_headers = self._listener.server.rate_headers(rate)
            response = replace(response, headers=(*response.headers, *rate_headers))
        self._out.append(rendered(response, keep_alive))
        if self._closing:
            self._waiting.clear()

    def _flush(self) -> None:
        while self._waiting and self._delayed is None and not self.transport.is_closing():
            self._waiting.popleft()()
        for answer in self._out:
            self._note("out", answer.partition(b"\r\n")[0], perf_counter_ns())
        if not self.transport.is_closing():
            super()._flush()

    def _note(self, direction: str, text: bytes, at_ns: int) -> None:
        if self._connections.transcript is not None:
            self._connections.transcript.add(self.number, direction, text, at_ns)
