"""HTTP/2 at an API listener (RFC 9113): a translation in front of the HTTP/1.1 session, so that faults are written only once.

Requests are handed over one at a time, in the order in which they were complete. Windows are the protocol's first ones, 65,535
bytes, as most servers leave them.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import ConnectionTerminated, DataReceived, Event, RequestReceived, StreamEnded, StreamReset
from h2.exceptions import ProtocolError

from benchkit.model.exchange import Response
from benchkit.protocol.response_reader import ResponseReader

ALPN = "h2"
_BODIES = 2  # largest bodies that one connection may fill at a time
PREFACE = b"PRI * HTTP/2.0\r\n"  # the first bytes of a client with prior knowledge (RFC 9113 §3.3)
_CONNECTION_SPECIFIC = frozenset({"connection", "keep-alive", "transfer-encoding", "upgrade"})  # RFC 9113 §8.2.2


@dataclass(slots=True)
class _Request:
    """An incomplete request."""

    headers: list[tuple[str, str]]
    body: bytearray = field(default_factory=bytearray)

    def rendered(self) -> bytes:
        """As HTTP/1.1 has it."""
        pseudo = {name: value for name, value in self.headers if name.startswith(":")}
        lines = [f"{pseudo[':method']} {pseudo[':path']} HTTP/1.1", f"host: {pseudo.get(':authority', '')}"]
        lines += [f"{name}: {value}" for name, value in self.headers if not name.startswith(":") and name != "host"]
        if not any(name == "content-length" for name, _ in self.headers):
            lines.append(f"content-length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


class Http2Front(asyncio.Protocol):
    """Takes the place of `session` on its transport; `session` gets a transport that speaks HTTP/1.1 to it."""

    def __init__(self, session: asyncio.Protocol, transport: asyncio.Transport, max_body: int) -> None:
        self.transport = transport
        self._max_body = max_body
        self._buffered_bytes = 0  # bytes of all bodies that have not been handed over
        self._session = session
        self._h2 = H2Connection(H2Configuration(client_side=False, header_encoding="latin-1"))
        self._requests: dict[int, _Request] = {}
        self._complete: deque[int] = deque()
        self._answering = 0
        self._reader = ResponseReader()
        self._h2.initiate_connection()
        self._flush()

    def data_received(self, data: bytes) -> None:
        try:
            for event in self._h2.receive_data(data):
                self._meet(event)
        except ProtocolError:
            self._flush()
            self.transport.close()
            return
        self._flush()
        self._hand_over()

    def connection_lost(self, exc: Exception | None) -> None:
        self._reader.discard()
        self._session.connection_lost(exc)

    def pause_writing(self) -> None:
        self._session.pause_writing()

    def resume_writing(self) -> None:
        self._session.resume_writing()

    def answer(self, data: bytes) -> None:
        """Passes on the session's answer, but not an interim response."""
        response = self._reader.feed(data)
        if response is None:
            return
        self._respond(self._answering, response)
        self._answering = 0
        if not self._reader.keeps_alive:
            self._h2.close_connection()
        self._flush()
        self._hand_over()

    def _meet(self, event: Event) -> None:
        match event:
            case RequestReceived():
                self._requests[event.stream_id] = _Request([(str(n), str(v)) for n, v in event.headers])
            case DataReceived():
                self._h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                self._keep(event.stream_id, event.data)
            case StreamEnded():
                self._complete.append(event.stream_id)
            case StreamReset():
                self._forget(event.stream_id)
            case ConnectionTerminated():
                self.transport.close()

    def _keep(self, stream: int, data: bytes) -> None:
        """Refuses a body that is too large, as over HTTP/1.1; all streams together are limited too."""
        request = self._requests.get(stream)
        if request is None:
            return
        request.body += data
        self._buffered_bytes += len(data)
        if self._buffered_bytes > _BODIES * self._max_body:
            self._h2.close_connection(ErrorCodes.ENHANCE_YOUR_CALM)
            self._flush()
            self.transport.close()
        elif len(request.body) > self._max_body:
            self._forget(stream)
            self._h2.send_headers(stream, [(":status", "413")], end_stream=True)
            self._h2.reset_stream(stream, ErrorCodes.NO_ERROR)  # RFC 9113 §8.1: the rest of the request is not needed

    def _forget(self, stream: int) -> _Request | None:
        request = self._requests.pop(stream, None)
        self._buffered_bytes -= len(request.body) if request is not None else 0
        return request

    def _hand_over(self) -> None:
        while self._complete and not self._answering:
            stream = self._complete.popleft()
            request = self._forget(stream)
            if request is not None:
                self._answering = stream
                self._reader.expect()
                self._session.data_received(request.rendered())

    def _respond(self, stream: int, response: Response) -> None:
        headers = [(name, value) for name, value in response.headers if name not in _CONNECTION_SPECIFIC]
        self._h2.send_headers(stream, [(":status", str(response.status)), *headers])
        self._h2.send_data(stream, response.body, end_stream=True)

    def _flush(self) -> None:
        self.transport.write(self._h2.data_to_send())


class Http1Side(asyncio.Transport):
    """The transport that the HTTP/1.1 session uses."""

    def __init__(self, front: Http2Front) -> None:
        super().__init__()
        self._front = front

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._front.answer(bytes(data))

    def close(self) -> None:
        self._front.transport.close()

    def abort(self) -> None:
        self._front.transport.abort()

    def is_closing(self) -> bool:
        return self._front.transport.is_closing()

    def pause_reading(self) -> None:
        self._front.transport.pause_reading()

    def resume_reading(self) -> None:
        self._front.transport.resume_reading()
