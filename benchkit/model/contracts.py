"""Every contract on one page. A registry finds an implementation, and the suites of benchkit.testing test it."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from benchkit.model.client_offers import ClientOffers
from benchkit.model.endpoint import Endpoint
from benchkit.model.estimate import Clusters
from benchkit.model.exchange import (
    BatchRequest,
    Credentials,
    PartialAnswer,
    RateLimit,
    Received,
    Request,
    Response,
    SendingDomains,
    StoredTemplate,
)
from benchkit.model.message import Message
from benchkit.model.outcome import Outcome
from benchkit.model.plan import PlanCell
from benchkit.model.run import Run
from benchkit.model.summary import Estimate
from benchkit.model.trace import Trace


class Transport(Protocol):
    """One client of one connection, driven by one virtual sender. It never schedules, stores, retries or reads settings.

    `prepare` runs before the clock; what it gives is handed back to `send`. `connect`, `send` and `close` stamp phases,
    turns and bytes into the trace. A failure is an Outcome; an exception out of here is a defect. Where `connect` or `send` is
    cancelled, no connection stays behind; a `send` that only tidies up by then gives its outcome all the same.
    """

    @property
    def connected(self) -> bool: ...

    def prepare(self, message: Message) -> Any: ...

    async def connect(self, trace: Trace) -> Outcome | None:
        """None when the connection stands, ready for a message (TLS, EHLO and AUTH done)."""

    async def send(self, prepared: Any, identity: bytes, trace: Trace) -> Outcome: ...

    async def close(self, trace: Trace) -> None:
        """With QUIT, in bounded time, in any state of the connection; never raises."""


class Client(Protocol):
    """What a client's module registers: a class, or a function with an attribute `offers`, that makes a Transport."""

    @property
    def offers(self) -> ClientOffers:
        """What an arm may ask of this client; the scenario's check refuses the rest before anything is sent."""

    def __call__(self, endpoint: Endpoint) -> Transport: ...


@runtime_checkable
class Prefetching(Transport, Protocol):
    """A transport that can send the envelope of the next message together with the content of the current one."""

    @property
    def prefetches(self) -> bool:
        """Whether it would, in the dialogue that its arm asks for."""

    def prefetch(self, prepared: Any) -> None:
        """Called before a `send`: the message that this connection gets next. Closing the connection cancels it."""


@runtime_checkable
class Batches(Transport, Protocol):
    """A transport that can put several messages into one request, where the arm's provider takes them."""

    def prepare_batch(self, messages: Sequence[Message]) -> Sequence[Any]:
        """What each becomes as one of several, whichever they will be. Raises ValueError where they cannot share a request."""

    async def send_batch(self, prepared: Sequence[Any], identities: Sequence[bytes], trace: Trace) -> Sequence[Outcome]:
        """One request; an outcome for each message, in order. `trace` holds what the request cost, once."""


@runtime_checkable
class SendsStored(Transport, Protocol):
    """A transport that can send mail whose texts the provider fills in from a stored template, one message a request."""

    def prepare_stored(self, messages: Sequence[Message]) -> Sequence[Any]:
        """What each becomes: `send` takes it, as it does what `prepare` gives. Raises ValueError as the provider does."""


class ApiServer(Protocol):
    """The receiving half of an email API, without I/O and without state: the sink plays a provider's server by it."""

    challenge: str  # of a 401: the value of WWW-Authenticate (RFC 9110 §11.6.1)
    limit_status: int  # of what is beyond its rate

    @property
    def answers(self) -> Mapping[str, object]:
        """By name: its own answers that a fault of a scenario can ask for."""

    def methods(self, target: str) -> tuple[str, ...]:
        """The methods that its endpoint at this path takes; none where there is no such endpoint."""

    def check(self, request: Request, account: Credentials) -> None:
        """Raises ApiRefusal where the request does not bear this account's credentials, or is not for what it has."""

    def upload_name(self, request: Request) -> str:
        """Of a request whose body later ones name, as JMAP's blobs: the name that it gets; empty where it is none."""

    def with_uploads(self, request: Request, uploads: Mapping[str, bytes]) -> Request:
        """The same request with the bodies that it names in it, so that it can be read by itself."""

    def sends(self, request: Request) -> bool:
        """Whether requests to this endpoint send mail; others, as for a session or a status, are only answered."""

    def receive(self, request: Request) -> tuple[Received, ...]:
        """Each mail that the request sends, in order. Raises ValueError, as a rule ApiRefusal, where the real one refuses."""

    def accepted(self, request: Request, identities: Sequence[bytes]) -> Response:
        """The answer to an accepted request; `identities` are those of its mails."""

    def refused(self, status: int, text: str, code: str = "", retry_after_s: int = 0) -> Response:
        """A refusal in its own shape; an empty text or code is what the real one says with that status."""

    def answered(
        self, name: str, request: Request, identities: Sequence[bytes], retry_after_s: int = 0
    ) -> PartialAnswer:
        """One of its `answers` to a request with these mails, and what of the request it refuses."""

    def throttled(self, wait_s: int) -> Response:
        """Its answer beyond its rate limit: with the wait in Retry-After or in words only if the real API gives it."""

    def rate_headers(self, rate: RateLimit) -> tuple[tuple[str, str], ...]:
        """The header fields that report its limit; none if the real API reports nothing."""


class Provider(Protocol):
    """One email API, without I/O: what leaves and what comes back, as bytes and values. `server` is its receiving half."""

    name: str
    default_host: str
    options: frozenset[str]  # the names it understands in an arm's `options`
    server: ApiServer

    def request(self, message: Message, account: Credentials) -> Request:
        """Raises ValueError with the reason where the API cannot carry this mail."""

    def outcome(self, response: Response) -> Outcome:
        """Refused recipients and the id of the message are in it, where the response names them."""

    def sending_domains(self, author: str, return_path: str | None, options: Mapping[str, str]) -> SendingDomains:
        """Whose domains SPF and DKIM will judge. `author` is the domain of From, `return_path` that of `envelope_from`.

        `return_path` is None where the scenario gives none, and "" for the null sender.
        """


@runtime_checkable
class SessionProvider(Provider, Protocol):
    """An email API that is asked where mail goes before the first one, or that takes a mail's bytes in a request before."""

    def discovery(self, account: Credentials, host: str) -> Generator[Request, Response, Credentials] | None:
        """Gives requests and is sent their responses; ends with what is known then. None: this account knows all.

        Raises ValueError where the server does not tell what is needed.
        """

    def upload(self, message: Message, account: Credentials) -> Request | None:
        """The request that goes before that of `request`; None where one request does."""

    def with_uploaded(self, request: Request, response: Response) -> Request | None:
        """The second request, once the first has been answered; None where that was a refusal."""


@runtime_checkable
class SigningProvider(Provider, Protocol):
    """An email API whose requests are signed over their very bytes and the time, so that each is signed as it leaves."""

    def signed(self, request: Request, account: Credentials, host: str, now_s: float) -> Request:
        """`host` is what the Host field says; `now_s` is Unix time."""


@runtime_checkable
class IdempotentProvider(SigningProvider, Protocol):
    """An email API that takes a mail once, however often it comes: `signed` adds the key, where the arm wants one."""

    def is_keyed(self, account: Credentials) -> bool: ...


@runtime_checkable
class BatchProvider(Provider, Protocol):
    """An email API that takes several messages in one request; each keeps its identity, its content and its outcome."""

    batch_limit: int  # messages that one request may carry

    def batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        """Identities stand in the body in the order of the messages. Raises ValueError where they cannot share a request."""

    def outcomes(self, response: Response, identities: Sequence[bytes]) -> tuple[Outcome, ...]:
        """One for each message of the request, in their order."""


@runtime_checkable
class TemplateProvider(BatchProvider, Protocol):
    """An email API that fills in templates: what all mails of a request have in common need stand in it only once."""

    def template_batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        """As `batch`, with a template of what the mails share and the values of each. The mails that arrive are the same."""


@runtime_checkable
class StoredTemplateProvider(Provider, Protocol):
    """An email API that fills in a template that was stored with it before: a request has its id and the mail's own values.

    The mails that arrive are the same as those of `request` and `batch`. Each raises ValueError where the API cannot say it.
    """

    def template(self, messages: Sequence[Message], account: Credentials) -> StoredTemplate:
        """The template that the requests of these messages name."""

    def stored(self, messages: Sequence[Message], account: Credentials) -> tuple[Request, ...]:
        """A request for each message."""

    def stored_batch(self, messages: Sequence[Message], account: Credentials) -> BatchRequest:
        """As `BatchProvider.batch`."""


class Ledger(Protocol):
    """Where the sink writes what arrived. `key` is the digest of the bytes without the identity; `body` comes once a key.

    Of a request that carried several mails `body` comes once, under the first one's key (model.identity.nth_key).
    """

    def arrived(self, send: int, arm: int, key: bytes, arrived_ns: int, size: int, recipients: int) -> None: ...

    def body(self, key: bytes, arm: int, head: bytes, body: bytes) -> None: ...


class Pace(Protocol):
    """When the sends of a cell may start: a pure function of the cell, driven by the engine."""

    name: str

    def senders(self, concurrency: int) -> int:
        """How many virtual senders work at once."""

    def offset_ns(self, cell: PlanCell, i: int) -> int | None:
        """The i-th send's intended time after the cell's start; None: as soon as a sender is free (closed loop)."""


class Statistic(Protocol):
    """A number of a sample with its interval; refuses (value None, `needs`) what the sample does not allow."""

    name: str

    def __call__(self, values: Any, confidence: float, clusters: Clusters | None = None) -> Estimate:
        """`clusters` say which values are correlated; without them all are independent."""


class Plot(Protocol):
    """A figure of a stored run; `figure` is a matplotlib Figure, empty, to be drawn on."""

    name: str
    title: str

    def suits(self, run: Run) -> bool:
        """Whether the run has the data for the figure. Only then is it drawn by default; otherwise it says what is missing."""

    def draw(self, run: Run, figure: Any) -> None: ...
