"""The responses of one HTTP/1.1 connection (RFC 9112), read by httptools: bytes in, whole responses out, no I/O.

Interim responses (1xx, RFC 9110 §15.2) are passed over. What cannot be a response is a `GarbledResponse`. All clients ask for
`identity`, so that they send the same request; some servers answer in gzip all the same, which is decoded within a bound: a few
kilobytes can unpack to gigabytes (§8.4).
"""

from __future__ import annotations

import zlib

import httptools

from benchkit.model.exchange import Response

MAX_HEAD = 1 << 16  # bytes of all header fields
MAX_INTERIM = 100  # responses with 1xx before the one that was asked for
MAX_RESPONSE = 1 << 20  # where nothing else is said; a server that never stops must not fill our memory
EARLY = "the server answered before it was asked"


class GarbledResponse(ValueError):
    """The bytes received are not an HTTP response, or not one to a request that was sent."""


class ResponseReader:
    """`keeps_alive` is true while another response may follow on the connection.

    The parser refers to its reader: `discard` cuts the cycle, which the frozen garbage collector would not find.
    """

    def __init__(self, limit: int = MAX_RESPONSE) -> None:
        self._limit = limit
        self._parser: httptools.HttpResponseParser | None = httptools.HttpResponseParser(self)
        self.keeps_alive = True
        self.expect()

    def expect(self) -> None:
        """A request is written: the state of the last response is cleared."""
        self._response: Response | None = None
        self._size = self._interim = 0
        self.on_message_begin()

    def feed(self, data: bytes) -> Response | None:
        """The response, once it is complete. Raises GarbledResponse. Bytes after it make the connection unusable."""
        assert self._parser is not None
        self._size += len(data)
        try:
            if self._size > self._limit:
                raise GarbledResponse(f"the response is larger than {self._limit} bytes")
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade, GarbledResponse) as error:
            self.keeps_alive = False
            if self._response is None:
                raise GarbledResponse(_reason(error)) from None
        return self._response

    def end(self) -> Response:
        """The server has closed, which ends a response without a length (RFC 9112 §6.3, rule 8); else ConnectionResetError."""
        self.keeps_alive = False
        if not self._in_body or self._delimited:
            raise ConnectionResetError("the server closed the connection before its response was whole")
        return self._whole()

    def discard(self) -> None:
        self._parser = None

    def on_message_begin(self) -> None:
        self.keeps_alive = self.keeps_alive and self._response is None  # no one asked for a second one
        self._headers: list[tuple[str, str]] = []
        self._head = 0
        self._body: list[bytes] = []
        self._in_body = self._delimited = False

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_body:  # a trailer, which is no header field (RFC 9110 §6.5)
            return
        self._head += len(name) + len(value)
        if self._head > MAX_HEAD:
            raise GarbledResponse(f"the header is larger than {MAX_HEAD} bytes")
        self._headers.append((name.decode("latin-1").lower(), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        self._in_body = True
        codings = [value.lower() for name, value in self._headers if name == "transfer-encoding"]
        if codings not in ([], ["chunked"]):  # RFC 9112 §6.1: no other was offered
            raise GarbledResponse(f"a transfer coding that was not asked for: {', '.join(codings)[:40]!r}")
        self._delimited = bool(codings) or any(name == "content-length" for name, _ in self._headers)

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        assert self._parser is not None
        self._in_body = False
        if self._response is not None:
            return
        if self._parser.get_status_code() // 100 == 1:
            self._interim += 1
            if self._interim > MAX_INTERIM:
                raise GarbledResponse(f"more than {MAX_INTERIM} interim responses")
        else:
            self._response = self._whole()
            self.keeps_alive = self._parser.should_keep_alive()

    def _whole(self) -> Response:
        assert self._parser is not None
        return Response(self._parser.get_status_code(), tuple(self._headers), b"".join(self._body))


def _reason(error: Exception) -> str:
    if isinstance(error.__context__, GarbledResponse):  # raised within a callback of the parser
        return str(error.__context__)
    upgrade = isinstance(error, httptools.HttpParserUpgrade)  # 101, RFC 9110 §15.2.2: its text is an offset
    return "the server switches protocols" if upgrade else str(error)


_GZIP, _ZLIB = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS
_WINDOWS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": _ZLIB}
IDENTITY = ("accept-encoding", "identity")


def decoded(response: Response) -> Response:
    """The response with its content decoded. Raises GarbledResponse if that fails or exceeds the size limit."""
    codings = [
        coding.strip().lower()
        for name, value in response.headers
        if name == "content-encoding"
        for coding in value.split(",")
    ]
    body = response.body
    for coding in reversed(codings):
        if coding not in ("", "identity"):
            body = _decoded(body, coding)
    return response if body is response.body else Response(response.status, response.headers, body)


def _decoded(body: bytes, coding: str) -> bytes:
    if coding not in _WINDOWS:
        raise GarbledResponse(f"a content coding that was not asked for: {coding[:40]!r}")
    unpacking = zlib.decompressobj(_WINDOWS[coding])
    try:
        unpacked = unpacking.decompress(body, MAX_RESPONSE + 1)
    except zlib.error as error:
        raise GarbledResponse(f"a body that is no {coding}: {error}") from None
    if len(unpacked) > MAX_RESPONSE:
        raise GarbledResponse(f"the response is larger than {MAX_RESPONSE} bytes when decoded")
    return unpacked
