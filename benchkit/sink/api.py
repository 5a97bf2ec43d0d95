"""An HTTP/1.1 connection of the sink (RFC 9112) on httptools, which answers as one provider's API does.

A request with an identity of this run is taken as it is and parsed after the run; any other is judged at once, so that a user
who tries the sink by hand is told what is wrong. Answers leave in the order of their requests.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from http import HTTPStatus

import httptools

from benchkit.model.contracts import ApiServer
from benchkit.model.exchange import ApiRefusal, Credentials, Request, Response
from benchkit.sink import http2
from benchkit.sink.answered_keys import AnsweredKeys
from benchkit.sink.arrival_recorder import STRANGER, ArrivalRecorder
from benchkit.sink.connection import OpenConnections, SinkConnection
from benchkit.sink.parsing import request_head

MAX_BODY = 52_400_000
MAX_HEAD = 65_536  # of a request line and its header fields, or its trailers
_FIELD_COST = 32  # of a field besides its text (RFC 9113 §6.5.2 counts alike): many short ones fill a memory too
_UPLOADS = 100
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass(frozen=True, slots=True)
class ApiListener:
    """What the connections of one API listener share. `batches`: requests of the run may carry several messages."""

    server: ApiServer
    account: Credentials
    auth_required: bool
    recorder: ArrivalRecorder
    connections: OpenConnections
    max_body: int = MAX_BODY
    batches: bool = False
    uploads: dict[str, bytes] = field(default_factory=dict)
    keys: AnsweredKeys | None = None

    def answer(self, request: Request) -> Response:
        try:
            return self._answer(request)
        except ApiRefusal as refusal:
            return self.refuse(refusal.status, str(refusal), refusal.code)
        except ValueError as error:
            return self.refuse(400, str(error))

    def answer_named(self, name: str, request: Request, retry_after_s: int) -> Response:
        """One of the provider's own answers to a request that sends mail; mail that it does not refuse is accepted."""
        try:
            if request.method not in self.server.methods(request.target) or not self.server.sends(request):
                return self._answer(request)
            return self._take_part(name, request, retry_after_s)
        except ApiRefusal as refusal:
            return self.refuse(refusal.status, str(refusal), refusal.code)
        except ValueError as error:
            return self.refuse(400, str(error))

    def refuse(self, status: int, text: str = "", code: str = "", retry_after_s: int = 0) -> Response:
        response = self.server.refused(status, text, code, retry_after_s)
        if status == 401 and self.server.challenge:
            return _with_header(response, "www-authenticate", self.server.challenge)
        return response

    def _answer(self, request: Request) -> Response:
        methods = self.server.methods(request.target)
        if request.method not in methods:
            refusal = self.refuse(405 if methods else 404)
            return _with_header(refusal, "allow", ", ".join(methods)) if methods else refusal
        if self.auth_required:
            self.server.check(request, self.account)
        if name := self.server.upload_name(request):
            self._keep(name, request.body)
        if name or not self.server.sends(request):
            return self.server.accepted(request, ())
        take = self._take_batch if self.batches else self._take
        return take(request) if self.keys is None else self.keys.answer(request, take)

    def _keep(self, name: str, body: bytes) -> None:
        """Keeps only the newest uploads: a client names an upload in its next request."""
        self.uploads[name] = body
        while len(self.uploads) > _UPLOADS:
            del self.uploads[next(iter(self.uploads))]

    def _take(self, request: Request) -> Response:
        whole = self.server.with_uploads(request, self.uploads) if self.uploads else request
        identity, send = self.recorder.identify(whole.body)
        mails = self.server.receive(whole) if send == STRANGER else ()
        self.recorder.take(request_head(whole), whole.body, 0, identity, send)
        known = (identity,) if identity else self.recorder.new_ids(len(mails) or 1)
        return self.server.accepted(request, known)

    def _take_part(self, name: str, request: Request, retry_after_s: int) -> Response:
        whole = self.server.with_uploads(request, self.uploads) if self.uploads else request
        sends = self.recorder.identify_all(whole.body)
        if not sends:  # of no run, or of another
            identity, send = self.recorder.identify(whole.body)
            sends = {identity or self.recorder.new_ids(1)[0]: send}
        part = self.server.answered(name, whole, tuple(sends), retry_after_s)
        head = request_head(whole, part.refused_recipients)
        self.recorder.take_batch(head, whole.body, sends, part.refused_mails)
        return part.response

    def _take_batch(self, request: Request) -> Response:
        request = self.server.with_uploads(request, self.uploads) if self.uploads else request
        sends = self.recorder.identify_all(request.body)
        if not sends:
            return self._take(request)
        self.recorder.take_batch(request_head(request), request.body, sends)
        return self.server.accepted(request, tuple(sends))


class ApiSession(SinkConnection):
    def __init__(self, listener: ApiListener) -> None:
        super().__init__(listener.connections)
        self._listener = listener
        self._parser: httptools.HttpRequestParser | None = httptools.HttpRequestParser(self)
        self._closing = False
        self._out: list[bytes] = []
        self.on_message_begin()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        encrypted = transport.get_extra_info("ssl_object")
        if encrypted is not None and encrypted.selected_alpn_protocol() == http2.ALPN:
            self._speak_http2()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._parser = None  # it refers to us: a cycle that only the garbage collector would find

    def data_received(self, data: bytes) -> None:
        self.active = True
        if self._parser is None or self._closing:
            return
        self._unfinished += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserCallbackError:
            raise
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            if data.startswith(http2.PREFACE):
                self._speak_http2().data_received(data)
                return
            self._end_with(400)
        if self._unfinished > MAX_HEAD:
            self._end_with(431)
        self._flush()

    def _speak_http2(self) -> http2.Http2Front:
        front = http2.Http2Front(self, self.transport, self._listener.max_body)
        self.transport.set_protocol(front)
        self.transport = http2.Http1Side(front)
        self._parser = httptools.HttpRequestParser(self)
        return front

    def on_message_begin(self) -> None:
        self._target = b""
        self._headers: list[tuple[str, str]] = []
        self._body: bytes | bytearray = b""
        self._size = self._head = 0
        self._unfinished = (
            0  # bytes that ended nothing: of a field, a trailer, a chunk's extension; the parser keeps them
        )

    def on_url(self, url: bytes) -> None:
        self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head += len(name) + len(value) + _FIELD_COST
        if self._head > MAX_HEAD:
            self._end_with(431)
        elif not self._closing:
            self._headers.append((name.decode("latin-1").lower(), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        self._unfinished = 0
        for name, value in self._headers:
            if name == "content-length" and int(value) > self._listener.max_body:
                return self._end_with(413)
            if name == "expect" and value.lower() == "100-continue":
                self._say(_CONTINUE)
        return None

    def on_body(self, body: bytes) -> None:
        self._unfinished = 0
        self._size += len(body)
        if self._size > self._listener.max_body:
            return self._end_with(413)
        if not self._body:
            self._body = body  # as a rule all of it
        else:
            self._body = bytearray(self._body) if isinstance(self._body, bytes) else self._body
            self._body += body
        return None

    def on_message_complete(self) -> None:
        assert self._parser is not None
        if self._closing:
            return
        if self._parser.should_upgrade():
            self._end_with(400)  # there is nothing to upgrade to
            return
        self._complete(self._request(), self._parser.should_keep_alive())

    def _complete(self, request: Request, keep_alive: bool) -> None:
        self._closing = not keep_alive
        self._out.append(rendered(self._listener.answer(request), keep_alive))

    def _request(self) -> Request:
        assert self._parser is not None
        method, target = self._parser.get_method().decode(), self._target.decode("latin-1")
        return Request(method, target, tuple(self._headers), bytes(self._body))

    def _say(self, data: bytes) -> None:
        self._out.append(data)

    def _end_with(self, status: int) -> None:
        """Refuses and reads no more: the following bytes may not be a request."""
        if not self._closing:
            self._closing = True
            self._body = b""
            self._headers.clear()
            self._out.append(rendered(self._listener.refuse(status), False))

    def _flush(self) -> None:
        if self._out:
            self.transport.write(b"".join(self._out))
            self._out.clear()
        if self._closing:
            self.transport.close()


def rendered(response: Response, keep_alive: bool) -> bytes:
    lines = [f"HTTP/1.1 {response.status} {_phrase(response.status)}", f"content-length: {len(response.body)}"]
    lines += [f"{name}: {value}" for name, value in response.headers]
    if not keep_alive:
        lines.append("connection: close")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + response.body


def _with_header(response: Response, name: str, value: str) -> Response:
    return replace(response, headers=(*response.headers, (name, value)))


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Status"
