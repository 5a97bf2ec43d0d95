"""What all API clients share: batch requests, signed requests, mail that needs two requests, and sessions.

Some servers state the address for mail only in a session. The arm's own client asks for it before the first message, on a
connection that carries no mail.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from time import time
from typing import Any

from benchkit.errors import TargetUnreachable
from benchkit.model.contracts import BatchProvider, IdempotentProvider, Provider, SessionProvider, SigningProvider
from benchkit.model.endpoint import Endpoint
from benchkit.model.exchange import BatchRequest, Credentials, Request, Response
from benchkit.model.identity import IdentitySlots
from benchkit.model.message import Message
from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.model.scenario import Security
from benchkit.model.trace import Trace
from benchkit.model.unreachable import advice_on_failure
from benchkit.providers import PROVIDERS
from benchkit.providers.rendering import batch_request, single_requests
from benchkit.providers.sandbox import provider_of
from benchkit.transports import TRANSPORTS

_DEFAULT_PORTS = {Security.NONE: 80, Security.IMPLICIT: 443}


@dataclass(frozen=True, slots=True)
class Share:
    """One message of a batch request."""

    of: BatchRequest
    index: int


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A request that is signed after its identity is filled in."""

    request: Request
    slots: IdentitySlots

    def filled(self, identity: bytes) -> Request:
        return replace(self.request, body=self.slots.filled(identity))


@dataclass(frozen=True, slots=True)
class TwoRequests:
    """A request that uploads the bytes of a mail, and the request that then sends it."""

    upload: Unsigned
    then: Unsigned


class ApiRequests(ABC):
    """The requests of one arm, with what Batches and SendsStored of model.contracts add to a Transport."""

    def __init__(self, endpoint: Endpoint) -> None:
        arm = endpoint.arm
        self._endpoint = endpoint
        self._provider = provider_of(arm) if arm.sandbox else PROVIDERS[arm.provider]
        self._account = Credentials(endpoint.password.reveal(), arm.options)
        self._render = arm.render
        self._host = _host_field(endpoint)
        # Looked up once: a test of a protocol takes tens of microseconds.
        self._signer = signer_of(self._provider, self._account)

    def _signed(self, request: Request) -> Request:
        """The request as it leaves: with a signature over its bytes and the time, or with its idempotency key."""
        if self._signer is None:
            return request
        return self._signer.signed(request, self._account, self._host, time())

    def _in_two(self, message: Message) -> TwoRequests | None:
        """The two requests of a mail that needs an upload first; None for most mail, which needs one request."""
        upload = self._provider.upload(message, self._account) if isinstance(self._provider, SessionProvider) else None
        if upload is None:
            return None
        then = self._provider.request(message, self._account)
        return TwoRequests(_unsigned(upload), _unsigned(then))

    async def _send_in_two(self, prepared: TwoRequests, identity: bytes, trace: Trace) -> Outcome:
        """Sends both requests.

        Before the second one is written, the server cannot create a mail, so a failure is never ambiguous.
        """
        assert isinstance(self._provider, SessionProvider)
        answer = await self._deliver(prepared.upload.filled(identity), trace)
        if isinstance(answer, Outcome):
            doubtful = answer.kind in (OutcomeKind.AMBIGUOUS, OutcomeKind.GARBLED)
            return replace(answer, kind=OutcomeKind.UNREACHABLE) if doubtful else answer
        then = self._provider.with_uploaded(prepared.then.filled(identity), answer)
        if then is None:
            return self._provider.outcome(answer)
        answer = await self._deliver(then, trace)
        return answer if isinstance(answer, Outcome) else self._provider.outcome(answer)

    def prepare_batch(self, messages: Sequence[Message]) -> Sequence[Share]:
        combined = batch_request(self._provider, messages, self._account, self._render)
        return [Share(combined, index) for index in range(len(messages))]

    def prepare_stored(self, messages: Sequence[Message]) -> Sequence[Any]:
        return [self._prepared(one) for one in single_requests(self._provider, messages, self._account, self._render)]

    async def send_batch(
        self, prepared: Sequence[Share], identities: Sequence[bytes], trace: Trace
    ) -> Sequence[Outcome]:
        """One request for all messages. If it breaks, all of its messages have the same outcome: all ambiguous, or none."""
        assert isinstance(self._provider, BatchProvider)
        request = prepared[0].of.request([share.index for share in prepared], identities)
        answer = await self._deliver(self._signed(request), trace)
        if isinstance(answer, Outcome):
            return [answer] * len(identities)
        return self._provider.outcomes(answer, identities)

    async def ask(self, request: Request, trace: Trace) -> Response | Outcome:
        """A request that sends no mail."""
        return await self._deliver(self._signed(request), trace)

    @abstractmethod
    def _prepared(self, request: Request) -> Any:
        """The value that `send` takes for this request."""

    @property
    @abstractmethod
    def connected(self) -> bool: ...

    @abstractmethod
    async def connect(self, trace: Trace) -> Outcome | None: ...

    @abstractmethod
    async def close(self, trace: Trace) -> None: ...

    @abstractmethod
    async def _deliver(self, request: Request, trace: Trace) -> Response | Outcome:
        """The response, or how it failed; stamps, round trips and bytes as in a `send`."""


def _unsigned(request: Request) -> Unsigned:
    return Unsigned(request, IdentitySlots.of(request.body))


def signer_of(provider: Provider, account: Credentials) -> SigningProvider | None:
    """What a request needs as it leaves: a signature, or an idempotency key if the arm wants one."""
    if isinstance(provider, IdempotentProvider) and not provider.is_keyed(account):
        return None
    return provider if isinstance(provider, SigningProvider) else None


async def with_sessions(endpoints: Sequence[Endpoint]) -> tuple[Endpoint, ...]:
    """The endpoints, with the options from the server's session if the arm asks for them. Raises TargetUnreachable."""
    return tuple([await _with_session(endpoint) for endpoint in endpoints])


async def _with_session(endpoint: Endpoint) -> Endpoint:
    provider = PROVIDERS[endpoint.arm.provider] if endpoint.arm.provider and endpoint.arm.transport == "api" else None
    if not isinstance(provider, SessionProvider):
        return endpoint
    account = Credentials(endpoint.password.reveal(), endpoint.arm.options)
    steps = provider.discovery(account, _host_field(endpoint))
    if steps is None:
        return endpoint
    client, trace = TRANSPORTS[f"api_{endpoint.arm.client}"](endpoint), Trace()
    assert isinstance(client, ApiRequests), "every client of an API is one"
    try:
        found = await _walked(steps, client, trace)
    except ValueError as error:
        raise TargetUnreachable(f"arm {endpoint.arm.name!r}: {error}; nothing was sent") from None
    finally:
        await client.close(trace)
    return replace(endpoint, arm=replace(endpoint.arm, options=found.options))


async def _walked(steps: Generator[Request, Response, Credentials], client: ApiRequests, trace: Trace) -> Credentials:
    """Sends each request of the discovery. Raises ValueError that says what went wrong and what to do."""
    try:
        request = next(steps)
        while True:
            failed = None if client.connected else await client.connect(trace)
            answer = failed or await client.ask(request, trace)
            if isinstance(answer, Outcome):
                why = f"{answer.text or answer.kind.label}: {advice_on_failure(answer)}"
                raise ValueError(f"{request.target} was not answered: {why}")
            request = steps.send(answer)
    except StopIteration as done:
        account: Credentials = done.value
        return account


def _host_field(endpoint: Endpoint) -> str:
    """The Host field (RFC 9110 §7.2), as every client here writes it."""
    host = bracketed(endpoint.server_name)
    return host if endpoint.port == _DEFAULT_PORTS.get(endpoint.arm.security) else f"{host}:{endpoint.port}"


def bracketed(host: str) -> str:
    """The host as it is written in a URL (RFC 3986 §3.2.2): an IPv6 address has brackets."""
    return f"[{host}]" if ":" in host else host
