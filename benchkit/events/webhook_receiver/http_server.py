"""A small HTTP/1.1 server for POSTs: one request after the other on a connection, each bounded, by `httptools`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httptools

from benchkit.model.exchange import Request

LARGEST_BODY = 20_000_000
LARGEST_HEAD = 65_536
IDLE_S = 75.0
REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Content Too Large",
    503: "Service Unavailable",
}
Answer = Callable[[Request], int]


class HttpConnection(asyncio.Protocol):
    """Calls `answer` with each whole request, and sends its status."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._begin()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._wait()

    def data_received(self, data: bytes) -> None:
        self._wait()
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._end(400)
        except httptools.HttpParserError:
            self._end(400)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer:
            self._timer.cancel()

    # what httptools calls

    def on_message_begin(self) -> None:
        self._begin()

    def on_url(self, url: bytes) -> None:
        self._url += url
        self._count_head(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name.decode("latin-1").lower(), value.decode("latin-1")))
        self._count_head(len(name) + len(value) + 4)

    def on_headers_complete(self) -> None:
        """A body that is announced as too long is not waited for."""
        length = next((value for name, value in self._headers if name == "content-length"), "0")
        if length.isdigit() and int(length) > LARGEST_BODY:
            self._end(413)

    def on_body(self, body: bytes) -> None:
        if len(self._body) + len(body) > LARGEST_BODY:
            self._end(413)
        else:
            self._body += body

    def on_message_complete(self) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        method = self._parser.get_method().decode("ascii")
        request = Request(method, self._url.decode("latin-1"), tuple(self._headers), bytes(self._body))
        self._send(self._answer(request), close=not self._parser.should_keep_alive())

    def _begin(self) -> None:
        self._url, self._headers, self._body, self._head = b"", list[tuple[str, str]](), bytearray(), 0

    def _count_head(self, octets: int) -> None:
        self._head += octets
        if self._head > LARGEST_HEAD:
            self._end(400)

    def _end(self, status: int) -> None:
        if self._transport and not self._transport.is_closing():
            self._send(status, close=True)

    def _send(self, status: int, *, close: bool) -> None:
        assert self._transport is not None
        more = "www-authenticate: Basic realm=benchkit\r\n" if status == 401 else ""
        ends = "connection: close\r\n" if close else ""
        head = f"HTTP/1.1 {status} {REASONS[status]}\r\ncontent-length: 0\r\n{more}{ends}\r\n"
        self._transport.write(head.encode())
        if close:
            self._transport.close()

    def _wait(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(IDLE_S, self._give_up)

    def _give_up(self) -> None:
        if self._transport:
            self._transport.abort()
