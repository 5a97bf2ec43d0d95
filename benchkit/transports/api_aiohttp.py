"""An email API by aiohttp: one session per connection; no settings from the environment, no cookies, no redirects."""

from __future__ import annotations

import io
from dataclasses import dataclass

import aiohttp
from yarl import URL

from benchkit.model.client_offers import HTTPS, ClientOffers
from benchkit.model.endpoint import Endpoint
from benchkit.model.exchange import Request, Response
from benchkit.model.identity import IdentitySlots
from benchkit.model.message import Message
from benchkit.model.outcome import Outcome
from benchkit.model.scenario import Security
from benchkit.model.trace import Phase, Trace
from benchkit.protocol.response_reader import IDENTITY, GarbledResponse, decoded
from benchkit.transports.api_requests import ApiRequests, TwoRequests, Unsigned, bracketed
from benchkit.transports.connection import tls_context
from benchkit.transports.failed_connections import failed, garbled
from benchkit.transports.metered_aiohttp import MeteredConnector

_LARGE = 1 << 20  # above it the library wants a file instead of bytes, and warns
_FAILURES = (aiohttp.ClientError, OSError, ValueError)  # TimeoutError and ssl.SSLError are OSErrors


@dataclass(frozen=True, slots=True)
class _Prepared:
    url: URL
    headers: tuple[tuple[str, str], ...]
    unsigned: Unsigned


class Client(ApiRequests):
    """One HTTP/1.1 connection at a time, kept open between requests."""

    offers = ClientOffers(securities=HTTPS, batches=True, stored=True, libraries=("aiohttp", "yarl"))

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        arm = endpoint.arm
        self._tls = tls_context(endpoint, alpn="http/1.1")
        self._timeout = aiohttp.ClientTimeout(total=arm.timeout_s)
        self._connector: MeteredConnector | None = None
        self._session: aiohttp.ClientSession | None = None
        scheme = "https" if arm.security is Security.IMPLICIT else "http"
        self._base = f"{scheme}://{bracketed(endpoint.server_name)}:{endpoint.port}"

    @property
    def connected(self) -> bool:
        return self._connector is not None and self._connector.connected

    def prepare(self, message: Message) -> _Prepared | TwoRequests:
        if (two := self._in_two(message)) is not None:
            return two
        return self._prepared(self._provider.request(message, self._account))

    def _prepared(self, request: Request) -> _Prepared:
        url = URL(self._base + request.target)
        return _Prepared(url, (IDENTITY, *request.headers), Unsigned(request, IdentitySlots.of(request.body)))

    async def connect(self, trace: Trace) -> Outcome | None:
        await self._drop()
        connector = self._connector = MeteredConnector(self._endpoint, self._tls, trace)
        self._session = aiohttp.ClientSession(
            connector=connector, timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False,
            auto_decompress=False,
        )  # fmt: skip
        try:
            await connector.open()
        except _FAILURES as error:
            return await self._failed(error, trace)
        connector.meter.settle(trace)
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
        connector = self._connector
        assert connector is not None, "connect first"
        connector.trace = trace
        await connector.read_pending()
        trace.mark(Phase.REQUEST)
        try:
            status, content = await self._exchange(prepared, body)
            answer = decoded(connector.confirm_response(status, content))
        except _FAILURES as error:
            return await self._failed(error, trace)
        trace.finish()
        connector.meter.settle(trace)
        return answer

    async def close(self, trace: Trace) -> None:
        trace.mark(Phase.CLOSE)
        await self._drop()
        trace.finish_close()

    async def _exchange(self, prepared: _Prepared, body: bytes) -> tuple[int, bytes]:
        assert self._session is not None
        async with self._session.request(
            prepared.unsigned.request.method,
            prepared.url,
            headers=prepared.headers,
            data=io.BytesIO(body) if len(body) > _LARGE else body,
            allow_redirects=False,
        ) as response:
            return response.status, await response.read()

    async def _failed(self, error: Exception, trace: Trace) -> Outcome:
        trace.finish()
        if self._connector is not None:
            error = self._connector.cause_of(error)
            self._connector.meter.settle(trace)
        await self._drop()
        return _outcome_of(error, trace)

    async def _drop(self) -> None:
        connector, self._connector = self._connector, None
        session, self._session = self._session, None
        if connector is not None:
            await connector.cut()
        if session is not None:
            await session.close()


def _outcome_of(error: Exception, trace: Trace) -> Outcome:
    """Maps aiohttp's errors to outcomes: the phase of the failure decides between a clean failure and an ambiguous one."""
    request_sent = trace.phases[-1] in (Phase.WAIT, Phase.RESPONSE)
    if isinstance(error, (aiohttp.ClientResponseError, GarbledResponse)) and request_sent:
        return garbled(error)
    return failed(error, in_doubt=request_sent)
