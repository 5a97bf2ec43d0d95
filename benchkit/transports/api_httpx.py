"""An email API by httpx: one client object a virtual sender, one connection, nothing taken from the environment.

One shared httpx client falls to a fifth of its speed between concurrency 1 and 50 (METHOD §3): that would measure the client's
pool. The request is built once a message, by the provider; only the identity is patched into its bytes.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass

import httpcore
import httpx

from benchkit.model.endpoint import Endpoint
from benchkit.model.exchange import Account, Response
from benchkit.model.identity import split_at_identity
from benchkit.model.message import Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.scenario import Security
from benchkit.model.trace import Phase, Trace
from benchkit.providers import PROVIDERS
from benchkit.transports.metered_backend import MeteredBackend
from benchkit.transports.sockets import tls_context

_KEEPALIVE_S = 3600.0  # the library's 5 s would hide a reconnect in the message after a pause
_FAILURES = (httpx.TransportError, httpx.DecodingError, httpcore.ConnectError, httpcore.ConnectTimeout, OSError)


@dataclass(frozen=True, slots=True)
class _Prepared:
    method: str
    url: httpx.URL
    headers: list[tuple[str, str]]
    pieces: tuple[bytes, ...]


class Client:
    """One HTTP/1.1 connection at a time, kept open between requests."""

    def __init__(self, endpoint: Endpoint) -> None:
        arm = endpoint.arm
        self._endpoint = endpoint
        self._provider = PROVIDERS[arm.provider]
        self._account = Account(endpoint.password.reveal(), arm.options)
        self._tls = tls_context(endpoint, alpn="http/1.1")
        self._backend = MeteredBackend(endpoint.host, endpoint.port)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=self._tls or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            max_connections=1,
            keepalive_expiry=_KEEPALIVE_S,
            network_backend=self._backend,
        )
        self._client = self._make_client()
        self._open = False
        scheme = "https" if arm.security is Security.IMPLICIT else "http"
        self._base = f"{scheme}://{_bracketed(endpoint.server_name)}:{endpoint.port}"

    @property
    def connected(self) -> bool:
        return self._open and not self._backend.closed_by_server

    def prepare(self, message: Message) -> _Prepared:
        request = self._provider.request(message, self._account)
        url = httpx.URL(self._base + request.target)
        headers = [*request.headers, ("content-length", str(len(request.body)))]
        return _Prepared(request.method, url, headers, split_at_identity(request.body))

    async def connect(self, trace: Trace) -> Outcome | None:
        trace.mark(Phase.CONNECT)
        await self._drop()
        self._backend.trace = trace
        try:
            await self._backend.open(self._tls, self._endpoint.server_name, self._endpoint.arm.timeout_s)
        except _FAILURES as error:
            await self._drop()
            return _outcome_of(error, trace)
        finally:
            self._backend.counter.settle(trace)
        self._open = True
        return None

    async def send(self, prepared: _Prepared, identity: bytes, trace: Trace) -> Outcome:
        self._backend.trace = trace
        body = identity.join(prepared.pieces)
        trace.mark(Phase.REQUEST)
        try:
            response = await self._client.request(prepared.method, prepared.url, headers=prepared.headers, content=body)
        except _FAILURES as error:
            trace.finish()
            await self._drop()
            return _outcome_of(error, trace)
        finally:
            self._backend.counter.settle(trace)
        trace.finish()
        return self._provider.outcome(Response(response.status_code, _headers(response), response.content))

    async def close(self, trace: Trace) -> None:
        trace.mark(Phase.CLOSE)
        await self._drop()
        trace.finish_close()

    async def _drop(self) -> None:
        self._open = False
        await self._pool.aclose()
        await self._backend.discard()

    def _make_client(self) -> httpx.AsyncClient:
        transport = httpx.AsyncHTTPTransport(verify=self._pool._ssl_context or True, trust_env=False)
        # httpx has no public way to hand over a network backend; the pool below it takes one as a parameter.
        transport._pool = self._pool
        return httpx.AsyncClient(transport=transport, timeout=self._endpoint.arm.timeout_s, trust_env=False)


def _headers(response: httpx.Response) -> tuple[tuple[str, str], ...]:
    return tuple((name.lower(), value) for name, value in response.headers.multi_items())


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _outcome_of(error: Exception, trace: Trace) -> Outcome:
    """The table of httpx's errors; the phase in which it broke decides between a clean failure and doubt."""
    text = str(error) or type(error).__name__
    phase = trace.phases[-1] if trace.phases else None
    if phase == Phase.WAIT:
        return Outcome(OutcomeKind.AMBIGUOUS, text=text)
    if phase == Phase.RESPONSE or isinstance(error, httpx.DecodingError):
        return Outcome(OutcomeKind.GARBLED, text=text)
    if isinstance(error, (httpx.TimeoutException, httpcore.ConnectTimeout, TimeoutError)):
        return Outcome(OutcomeKind.TIMED_OUT, text=text)
    return Outcome(OutcomeKind.UNREACHABLE, text=text)
