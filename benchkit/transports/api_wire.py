"""An email API by benchkit's own lean client: HTTP/1.1 keep-alive (RFC 9112) on asyncio and httptools only.

Head and body are built once per message; a send is one join and one write. So the client costs little more than the protocol
itself.
"""

from __future__ import annotations

import asyncio
from functools import partial
from urllib.parse import quote

from benchkit.model.client_offers import HTTPS, ClientOffers
from benchkit.model.endpoint import Endpoint
from benchkit.model.exchange import Request, Response
from benchkit.model.identity import IdentitySlots
from benchkit.model.message import Message
from benchkit.model.outcome import Outcome
from benchkit.model.trace import Phase, Trace
from benchkit.protocol.response_reader import EARLY, IDENTITY, GarbledResponse, ResponseReader, decoded
from benchkit.transports.api_requests import ApiRequests, TwoRequests, Unsigned
from benchkit.transports.connection import tls_context
from benchkit.transports.failed_connections import failed, garbled
from benchkit.transports.wire_stream import WireStream

_URL_CHARACTERS = "%/:=&?~#+!$,;'@()*[]"  # RFC 3986 §2.2: kept as the provider wrote them


class Client(ApiRequests):
    """One connection at a time, kept open between requests."""

    offers = ClientOffers(securities=HTTPS, batches=True, stored=True, libraries=("httptools",))

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        self._tls = tls_context(endpoint, alpn="http/1.1")
        self._stream: WireStream | None = None
        self._reader = ResponseReader()

    @property
    def connected(self) -> bool:
        return self._stream is not None and self._stream.is_idle and self._reader.keeps_alive

    def prepare(self, message: Message) -> IdentitySlots | Unsigned | TwoRequests:
        if (two := self._in_two(message)) is not None:
            return two
        return self._prepared(self._provider.request(message, self._account))

    def _prepared(self, request: Request) -> IdentitySlots | Unsigned:
        if self._signer is not None:
            return Unsigned(request, IdentitySlots.of(request.body))
        return IdentitySlots.of(self._rendered(request))

    async def connect(self, trace: Trace) -> Outcome | None:
        self._drop()
        self._reader = ResponseReader()
        trace.mark(Phase.CONNECT)
        try:
            stream = self._stream = await WireStream.open(self._endpoint, trace)
            if self._tls is not None:
                trace.mark(Phase.TLS)
                await stream.start_tls(self._tls, self._endpoint.server_name)
        except OSError as error:  # TimeoutError and ssl.SSLError are OSErrors
            return self._failed(error, trace, in_doubt=False)
        stream.meter.settle(trace)
        return None

    async def send(self, prepared: IdentitySlots | Unsigned | TwoRequests, identity: bytes, trace: Trace) -> Outcome:
        if isinstance(prepared, TwoRequests):
            return await self._send_in_two(prepared, identity, trace)
        if isinstance(prepared, IdentitySlots):
            rendered = prepared.filled(identity)
        else:
            rendered = self._rendered(self._signed(prepared.filled(identity)))
        answer = await self._answer(rendered, trace)
        return answer if isinstance(answer, Outcome) else self._provider.outcome(answer)

    async def _deliver(self, request: Request, trace: Trace) -> Response | Outcome:
        return await self._answer(self._rendered(request), trace)

    async def _answer(self, request: bytes, trace: Trace) -> Response | Outcome:
        stream = self._stream
        assert stream is not None, "connect first"
        stream.read_available()
        if not stream.is_idle:
            return self._failed(ConnectionAbortedError(EARLY), trace, in_doubt=False)
        try:
            response = decoded(await self._exchange(stream, request, trace))
        except (OSError, GarbledResponse) as error:
            return self._failed(error, trace, in_doubt=stream.is_written())
        except asyncio.CancelledError:
            self._drop()
            raise
        trace.finish()
        stream.meter.settle(trace)
        if not stream.is_written():  # answered in part: the rest of the request would be read as the next one
            self._drop()
        return response

    async def close(self, trace: Trace) -> None:
        trace.mark(Phase.CLOSE)
        self._drop()
        trace.finish_close()

    async def _exchange(self, stream: WireStream, request: bytes, trace: Trace) -> Response:
        """Raises GarbledResponse, and OSError, also if the server closed before its response was complete."""
        reader = self._reader
        reader.expect()
        trace.mark(Phase.REQUEST)
        stream.write(request, partial(_request_left, trace))
        received = await stream.read()
        trace.mark(Phase.RESPONSE)
        while received:
            response = reader.feed(received)
            if response is not None:
                return response
            received = await stream.read()
        return reader.end()

    def _failed(self, error: Exception, trace: Trace, *, in_doubt: bool) -> Outcome:
        trace.finish()
        if self._stream is not None:
            self._stream.meter.settle(trace)
        self._drop()
        return _outcome_of(error, in_doubt=in_doubt)

    def _drop(self) -> None:
        self._reader.discard()
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _rendered(self, request: Request) -> bytes:
        return request_head(request, self._host) + request.body


def _request_left(trace: Trace) -> None:
    """The whole request is written, so the wait begins, unless the server has already answered a part of it."""
    if trace.phases[-1] == Phase.REQUEST:
        trace.mark(Phase.WAIT)


def request_head(request: Request, host: str) -> bytes:
    """Request line and headers (RFC 9112 §3, §5). Raises ValueError for a header that holds a line end."""
    headers = (
        ("host", host),
        ("user-agent", "benchkit"),
        ("accept", "*/*"),
        IDENTITY,  # not said, any coding would do (RFC 9110 §12.5.3)
        *request.headers,
        ("content-length", str(len(request.body))),
    )
    lines = [f"{request.method} {quote(request.target, _URL_CHARACTERS)} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in headers]
    if any(character in line for line in lines for character in "\r\n\0"):
        raise ValueError("a header cannot hold a line break")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _outcome_of(error: Exception, *, in_doubt: bool) -> Outcome:
    """Ambiguous only if the whole request was written and no whole response was read."""
    return garbled(error) if isinstance(error, GarbledResponse) else failed(error, in_doubt=in_doubt)
