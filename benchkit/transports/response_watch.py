"""A watch on a library's HTTP/1.1 connection: the same bytes, read by RFC 9112, beside what the library makes of them.

A response counts only behind a request, only whole, and only once: what comes before a request or behind its response answers
no other message. It is also what bounds a response's size.
"""

from __future__ import annotations

from benchkit.model.exchange import Response
from benchkit.protocol.response_reader import GarbledResponse, ResponseReader

_EARLY = "the server answered before it was asked"


class ResponseWatch:
    """`spent`: no further message may go over the connection. `awaiting`: a request is written and not answered."""

    __slots__ = ("_reader", "_response", "awaiting", "spent")

    def __init__(self) -> None:
        self._reader = ResponseReader()
        self.awaiting = False
        self._response: Response | None = None
        self.spent = False

    def asked(self) -> None:
        """A part of a request is written."""
        if self.awaiting:
            return
        if self.spent:
            raise GarbledResponse(_EARLY)
        self._reader.expect()
        self.awaiting, self._response = True, None

    def received(self, data: bytes) -> None:
        """Raises GarbledResponse for what is no response, is too large, or was not asked for."""
        if not self.awaiting:
            self.spent = True
            return
        self._response = self._reader.feed(data)

    def answered(self, status: int, *, ended: bool) -> None:
        """The library has given its response. Raises GarbledResponse where the wire does not hold such a one."""
        if self._response is None and ended:
            self._response = self._reader.end()
        self.awaiting = False
        self.spent = self.spent or not self._reader.keeps_alive
        if self._response is None or self._response.status != status:
            self.spent = True
            raise GarbledResponse(f"not the response that the server sent: {status}")

    def discard(self) -> None:
        self._reader.discard()
