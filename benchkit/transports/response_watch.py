"""A watch on a library's connection: it reads the same bytes by the RFCs, before the library reads them.

A response counts only after its request, only if complete, and only once. Bytes before a request or after its response never
answer another message. The size of a response is limited. HTTP/1.1 by RFC 9112, HTTP/2 by RFC 9113.
"""

from __future__ import annotations

from typing import Protocol

from benchkit.model.exchange import Response
from benchkit.protocol.http2_response import Http2ResponseReader
from benchkit.protocol.response_reader import EARLY, GarbledResponse, ResponseReader


class ResponseWatch(Protocol):
    """`awaiting`: a request is written and not answered. `unusable`: no further message may go over the connection.

    `refusal_reason`: why the server sends no response to the request. `unprocessed`: the server did not process the request.
    """

    awaiting: bool

    @property
    def unusable(self) -> bool: ...
    @property
    def refusal_reason(self) -> str: ...
    @property
    def unprocessed(self) -> bool: ...
    def request_written(self, stream: int = 1) -> None:
        """A part of the request is written. Raises GarbledResponse if it was already answered."""

    def received(self, data: bytes, *, early: bool = False) -> bytes:
        """The bytes that the library may read. `early`: they arrived before the request. Raises GarbledResponse."""

    def confirm_response(self, status: int, body: bytes, *, ended: bool) -> Response:
        """The response on the wire. Raises GarbledResponse if the library reports another one."""

    def discard(self) -> None: ...


class Http1Watch:
    __slots__ = ("_reader", "_response", "awaiting", "unusable")
    refusal_reason, unprocessed = "", False  # HTTP/1.1 has no words for it

    def __init__(self) -> None:
        self._reader = ResponseReader()
        self.awaiting = False
        self._response: Response | None = None
        self.unusable = False

    def request_written(self, stream: int = 1) -> None:
        if self.awaiting:
            return
        if self.unusable:
            raise GarbledResponse(EARLY)
        self._reader.expect()
        self.awaiting, self._response = True, None

    def received(self, data: bytes, *, early: bool = False) -> bytes:
        if early and self.awaiting:
            raise GarbledResponse(EARLY)
        if self.awaiting:
            self._response = self._reader.feed(data)
        else:
            self.unusable = True
        return data

    def confirm_response(self, status: int, body: bytes, *, ended: bool) -> Response:
        if self._response is None and ended:
            self._response = self._reader.end()
        self.awaiting = False
        self.unusable = self.unusable or not self._reader.keeps_alive
        try:
            return _confirmed(self._response, status, body)
        except GarbledResponse:
            self.unusable = True
            raise

    def discard(self) -> None:
        self._reader.discard()


class Http2Watch:
    __slots__ = ("_reader", "awaiting")

    def __init__(self) -> None:
        self._reader = Http2ResponseReader()
        self.awaiting = False

    @property
    def unusable(self) -> bool:
        return self._reader.going_away

    @property
    def refusal_reason(self) -> str:
        return self._reader.refusal_reason

    @property
    def unprocessed(self) -> bool:
        return self._reader.unprocessed

    def request_written(self, stream: int = 1) -> None:
        if not self.awaiting:
            self._reader.expect(stream)
            self.awaiting = True

    def received(self, data: bytes, *, early: bool = False) -> bytes:
        return self._reader.feed(data, early=early)

    def confirm_response(self, status: int, body: bytes, *, ended: bool) -> Response:
        self.awaiting = False
        return _confirmed(self._reader.response, status, body)

    def discard(self) -> None: ...


def _confirmed(sent: Response | None, status: int, body: bytes) -> Response:
    if sent is None or sent.status != status or sent.body != body:
        raise GarbledResponse(f"not the response that the server sent: {status}")
    return sent
