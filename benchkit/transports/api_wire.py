"""An email API by benchkit's own lean client: HTTP/1.1 keep-alive (RFC 9112) on asyncio and httptools, and nothing else.

Head and body are built once a message; a send is one join and one write. What this client costs is what the protocol costs.
"""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from benchkit.model.endpoint import Endpoint
from benchkit.model.exchange import Account, Request
from benchkit.model.identity import split_at_identity
from benchkit.model.message import Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.scenario import Security
from benchkit.model.trace import Phase, Trace
from benchkit.protocol.response_reader import GarbledResponse
from benchkit.protocol.turns import TurnCounter
from benchkit.providers import PROVIDERS
from benchkit.transports.http_stream import HttpStream
from benchkit.transports.sockets import bracketed, open_socket, tls_context

_URL_CHARACTERS = "%/:=&?~#+!$,;'@()*[]"  # RFC 3986 §2.2: kept as the provider wrote them
_DEFAULT_PORTS = {Security.NONE: 80, Security.IMPLICIT: 443}


class Client:
    """One connection at a time, kept open between requests."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._provider = PROVIDERS[endpoint.arm.provider]
        self._account = Account(endpoint.password.reveal(), endpoint.arm.options)
        self._tls = tls_context(endpoint, alpn="http/1.1")
        self._counter = TurnCounter()
        self._stream: HttpStream | None = None

    @property
    def connected(self) -> bool:
        return self._stream is not None and self._stream.ready

    def prepare(self, message: Message) -> tuple[bytes, ...]:
        request = self._provider.request(message, self._account)
        return split_at_identity(request_head(request, self._host()) + request.body)

    async def connect(self, trace: Trace) -> Outcome | None:
        await self._drop()
        try:
            async with asyncio.timeout(self._endpoint.arm.timeout_s):
                await self._connect(trace)
        except OSError as error:  # TimeoutError and ssl.SSLError are OSErrors
            return _outcome_of(error, request_left=False)
        finally:
            self._counter.settle(trace)
        return None

    async def send(self, prepared: tuple[bytes, ...], identity: bytes, trace: Trace) -> Outcome:
        stream = self._stream
        assert stream is not None, "connect first"
        try:
            response = await stream.exchange(identity.join(prepared), trace, self._endpoint.arm.timeout_s)
        except (OSError, GarbledResponse) as error:
            return _outcome_of(error, stream.request_left)
        finally:
            trace.finish()
            self._counter.settle(trace)
        return self._provider.outcome(response)

    async def close(self, trace: Trace) -> None:
        trace.mark(Phase.CLOSE)
        await self._drop()
        trace.finish_close()

    async def _connect(self, trace: Trace) -> None:
        trace.mark(Phase.CONNECT)
        sock = await open_socket(self._endpoint)
        self._counter.connected()
        if self._tls is not None:
            trace.mark(Phase.TLS)
        self._stream = await HttpStream.open(sock, self._tls, self._endpoint.server_name, self._counter)

    async def _drop(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            await stream.close()

    def _host(self) -> str:
        arm, port = self._endpoint.arm, self._endpoint.port
        host = bracketed(self._endpoint.server_name)
        return host if port == _DEFAULT_PORTS.get(arm.security) else f"{host}:{port}"


def request_head(request: Request, host: str) -> bytes:
    """Request line and headers (RFC 9112 §3, §5). Raises ValueError for a header that would end before its end."""
    headers = (
        ("host", host),
        ("user-agent", "benchkit"),
        ("accept", "*/*"),
        *request.headers,
        ("content-length", str(len(request.body))),
    )
    lines = [f"{request.method} {quote(request.target, _URL_CHARACTERS)} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in headers]
    if any(character in line for line in lines for character in "\r\n\0"):
        raise ValueError("a header cannot hold a line break")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _outcome_of(error: Exception, request_left: bool) -> Outcome:
    """Ambiguous exactly where the whole request had left and no whole response came."""
    text = str(error) or type(error).__name__
    if isinstance(error, GarbledResponse):
        return Outcome(OutcomeKind.GARBLED, text=text)
    if request_left:
        return Outcome(OutcomeKind.AMBIGUOUS, text=text)
    return Outcome(OutcomeKind.TIMED_OUT if isinstance(error, TimeoutError) else OutcomeKind.UNREACHABLE, text=text)
