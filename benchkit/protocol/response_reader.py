"""The responses of one HTTP/1.1 connection (RFC 9112), read by httptools: bytes in, whole responses out, no I/O.

Interim responses (1xx, RFC 9110 §15.2) are passed over. What cannot be a response raises
`GarbledResponse`, never anything else.
"""

from __future__ import annotations

import httptools

from benchkit.model.exchange import Response

MAX_RESPONSE = 1 << 20  # of an email API; a server that never stops must not fill our memory


class GarbledResponse(ValueError):
    """What came is no HTTP/1.1 response, or not one that was asked for."""


class ResponseReader:
    """`response` is the one that was read, or None as long as it is not whole; `keeps_alive` is true while more may follow.

    The parser refers to its reader: `discard` cuts the cycle, which the frozen garbage collector would not find.
    """

    def __init__(self) -> None:
        self._parser: httptools.HttpResponseParser | None = httptools.HttpResponseParser(self)
        self.keeps_alive = True
        self.expect()

    def expect(self) -> None:
        """A request leaves: forget the response before."""
        self.response: Response | None = None
        self._size = 0
        self.on_message_begin()

    def feed(self, data: bytes) -> None:
        """Raises GarbledResponse; a response that was whole before the garbage stands, on a connection that is spent."""
        assert self._parser is not None
        self._size += len(data)
        try:
            if self._size > MAX_RESPONSE:
                raise GarbledResponse(f"the response is larger than {MAX_RESPONSE} bytes")
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade, GarbledResponse) as error:
            self.keeps_alive = False
            if self.response is None:
                raise GarbledResponse(str(error) or "the server would switch protocols") from None

    def end(self) -> bool:
        """The server has closed; true if that was the end of a response without a length (RFC 9112 §6.3, rule 8)."""
        self.keeps_alive = False
        if self._in_body and not self._delimited and self.response is None:
            self._complete()
        return self.response is not None

    def discard(self) -> None:
        self._parser = None

    def on_message_begin(self) -> None:
        self.keeps_alive = self.keeps_alive and self.response is None  # nobody asked for a second one
        self._headers: list[tuple[str, str]] = []
        self._body: list[bytes] = []
        self._in_body = self._delimited = False

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name.decode("latin-1").lower(), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        self._in_body = True
        self._delimited = any(name in ("content-length", "transfer-encoding") for name, _ in self._headers)

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        assert self._parser is not None
        if self.response is None and self._parser.get_status_code() >= 200:
            self._complete()
            self.keeps_alive = self._parser.should_keep_alive()

    def _complete(self) -> None:
        assert self._parser is not None
        self.response = Response(self._parser.get_status_code(), tuple(self._headers), b"".join(self._body))
