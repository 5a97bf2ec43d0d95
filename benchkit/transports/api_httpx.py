"""An email API by httpx over HTTP/1.1, by its maintained successor httpx2, and by httpx2 over HTTP/2: one client, three names.

One client object and one connection for each virtual sender: a shared httpx client falls to a fifth of its speed between
concurrency 1 and 50, which would measure its pool. Nothing is read from the environment. The provider builds the request once
for each message; only the identity is patched into its bytes. HTTP/2 is agreed by ALPN under TLS, else by prior knowledge (RFC
9113 §3.3). A library is loaded with its first client.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib import import_module
from typing import Any

from benchkit.model.client_offers import HTTPS, ClientOffers
from benchkit.model.endpoint import Endpoint
from benchkit.model.exchange import Request, Response
from benchkit.model.identity import IdentitySlots
from benchkit.model.message import Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.scenario import Security
from benchkit.model.trace import Phase, Trace
from benchkit.protocol.response_reader import IDENTITY, decoded
from benchkit.transports.api_requests import ApiRequests, TwoRequests, Unsigned, bracketed
from benchkit.transports.connection import tls_context
from benchkit.transports.failed_connections import failed, garbled
from benchkit.transports.metered_backend import MeteredBackend

_KEEPALIVE_S = 3600.0  # the library's 5 s would hide a reconnect in the message after a pause


@dataclass(frozen=True, slots=True)
class Library:
    """`client` is httpx or httpx2, `core` the httpcore below it."""

    client: Any
    core: Any
    http2: bool = False

    @property
    def stream(self) -> Callable[[Any], Any]:
        """httpcore's stream over one of anyio's, which it makes of each connection."""
        made: Callable[[Any], Any] = import_module(f"{self.core.__name__}._backends.anyio").AnyIOStream
        return made

    @property
    def failures(self) -> tuple[type[Exception], ...]:
        """GarbledResponse is a ValueError, as is what a library makes of a number that is none."""
        client, core = self.client, self.core
        return client.TransportError, core.ConnectError, core.ConnectTimeout, OSError, ValueError


@dataclass(frozen=True, slots=True)
class _Prepared:
    url: Any
    headers: list[tuple[str, str]]
    unsigned: Unsigned


class HttpxClient(ApiRequests):
    """One connection at a time, kept open between requests."""

    def __init__(self, endpoint: Endpoint, library: Library) -> None:
        super().__init__(endpoint)
        arm = endpoint.arm
        self._library = library
        self._tls = tls_context(endpoint, alpn="h2" if library.http2 else "http/1.1")
        self._backend = MeteredBackend(endpoint, library.stream, http2=library.http2)
        self._pool = library.core.AsyncConnectionPool(
            ssl_context=self._tls or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            http1=not library.http2,
            http2=library.http2,
            max_connections=1,
            keepalive_expiry=_KEEPALIVE_S,
            network_backend=self._backend,
        )
        self._client = self._make_client()
        self._open = False
        scheme = "https" if arm.security is Security.IMPLICIT else "http"
        self._base = f"{scheme}://{bracketed(endpoint.server_name)}:{endpoint.port}"

    @property
    def connected(self) -> bool:
        return self._open and not self._backend.closed_by_server

    def prepare(self, message: Message) -> _Prepared | TwoRequests:
        if (two := self._in_two(message)) is not None:
            return two
        return self._prepared(self._provider.request(message, self._account))

    def _prepared(self, request: Request) -> _Prepared:
        url = self._library.client.URL(self._base + request.target)
        return _Prepared(url, _all_headers(request), Unsigned(request, IdentitySlots.of(request.body)))

    async def connect(self, trace: Trace) -> Outcome | None:
        trace.mark(Phase.CONNECT)
        await self._drop()
        self._backend.trace = trace
        try:
            await self._backend.open(self._tls, self._endpoint.server_name, self._endpoint.arm.timeout_s)
        except self._library.failures as error:
            return await self._failed(error, trace)
        self._backend.meter.settle(trace)
        self._open = True
        return None

    async def send(self, prepared: _Prepared | TwoRequests, identity: bytes, trace: Trace) -> Outcome:
        if isinstance(prepared, TwoRequests):
            return await self._send_in_two(prepared, identity, trace)
        if self._signer is not None:
            prepared = self._prepared(self._signed(prepared.unsigned.filled(identity)))
        answer = await self._answer(prepared, prepared.unsigned.slots.filled(identity), trace)
        return answer if isinstance(answer, Outcome) else self._provider.outcome(answer)

    async def _deliver(self, request: Request, trace: Trace) -> Response | Outcome:
        return await self._answer(self._prepared(request), request.body, trace)

    async def _answer(self, prepared: _Prepared, body: bytes, trace: Trace) -> Response | Outcome:
        self._backend.trace = trace
        trace.mark(Phase.REQUEST)
        try:
            async with asyncio.timeout(self._endpoint.arm.timeout_s):
                status, content = await self._exchange(prepared, body)
            answer = decoded(self._backend.confirm_response(status, content))
        except self._library.failures as error:
            return await self._failed(error, trace)
        trace.finish()
        self._backend.meter.settle(trace)
        return answer

    async def _exchange(self, prepared: _Prepared, body: bytes) -> tuple[int, bytes]:
        """Status and body as they were received: decoded by the library, a body would have no size limit."""
        request = self._client.build_request(
            prepared.unsigned.request.method, prepared.url, headers=prepared.headers, content=body
        )
        response = await self._client.send(request, stream=True)
        try:
            content = b"".join([part async for part in response.aiter_raw()])
        finally:
            await response.aclose()
        return response.status_code, content

    async def close(self, trace: Trace) -> None:
        trace.mark(Phase.CLOSE)
        await self._drop()
        trace.finish_close()

    async def _failed(self, error: Exception, trace: Trace) -> Outcome:
        trace.finish()
        self._backend.meter.settle(trace)
        await self._drop()
        return self._outcome_of(error, trace)

    async def _drop(self) -> None:
        self._open = False
        await self._pool.aclose()
        await self._backend.discard()

    def _make_client(self) -> Any:
        library = self._library.client
        transport = library.AsyncHTTPTransport(verify=self._tls or True, trust_env=False)
        # httpx has no public way to hand over a network backend; the pool below it takes one as a parameter.
        transport._pool = self._pool
        no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=()))  # every request is what the first one was
        # Without the library's own timeouts, which bound each read: `_answer` bounds the whole exchange.
        return library.AsyncClient(transport=transport, timeout=None, cookies=no_cookies, trust_env=False)

    def _outcome_of(self, error: Exception, trace: Trace) -> Outcome:
        """Maps the library's errors to outcomes: the phase of the failure decides between a clean failure and an ambiguous
        one.
        """
        client, core, watch = self._library.client, self._library.core, self._backend.watch
        if watch.unprocessed:
            return Outcome(OutcomeKind.DEFERRED, text=watch.refusal_reason)
        request_sent = trace.phases[-1] in (Phase.WAIT, Phase.RESPONSE)
        is_protocol_error = isinstance(error, client.ProtocolError) and not (
            self._backend.ended or watch.refusal_reason
        )
        if request_sent and (is_protocol_error or isinstance(error, ValueError)) and not isinstance(error, OSError):
            return garbled(error)
        if isinstance(error, (client.TimeoutException, core.ConnectTimeout)):
            error = TimeoutError(str(error))
        return failed(error, in_doubt=request_sent)


def _all_headers(request: Request) -> list[tuple[str, str]]:
    return [IDENTITY, *request.headers, ("content-length", str(len(request.body)))]


@dataclass(frozen=True, slots=True)
class _Client:
    """The names of the library's two packages, and what it offers."""

    client: str
    core: str
    http2: bool = False

    @property
    def offers(self) -> ClientOffers:
        below = ("h2",) if self.http2 else ("h11",)
        return ClientOffers(
            securities=HTTPS, batches=True, stored=True, libraries=(self.client, self.core, "anyio", *below)
        )

    def __call__(self, endpoint: Endpoint) -> HttpxClient:
        return HttpxClient(endpoint, Library(import_module(self.client), import_module(self.core), http2=self.http2))


Client: Mapping[str, _Client] = {
    "api_httpx": _Client("httpx", "httpcore"),
    "api_httpx2": _Client("httpx2", "httpcore2"),
    "api_httpx2h2": _Client("httpx2", "httpcore2", http2=True),
}
