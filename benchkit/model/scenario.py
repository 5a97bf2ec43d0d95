"""The scenario as the other rooms see it: validated, defaults filled in, paths to open, secrets only by reference.

The form that users fill in (TOML, with its shorthands) is in scenario/. Units are in names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from benchkit.model.cost import NO_COST, CostSpec
from benchkit.model.load import LoadSpec
from benchkit.model.message import Address
from benchkit.model.receiving import EventsSpec, MailboxSpec, ReceivingLabSpec, RelaySpec
from benchkit.model.retry import NO_RETRY, Failover, RetrySpec
from benchkit.model.secret import SecretRef


class Security(StrEnum):
    """How TLS comes in: not at all, by STARTTLS (RFC 3207), or from the first byte (RFC 8314 §3; https for an API)."""

    NONE = "none"
    STARTTLS = "starttls"
    IMPLICIT = "implicit"


class Render(StrEnum):
    """Who puts a mail's own words into its text: the client before it sends, or the provider from a template.

    PROVIDER: the template stands in the request where the API has that and the request carries several messages; otherwise,
    and always with STORED, it is stored with the provider before.
    """

    CLIENT = "client"
    PROVIDER = "provider"
    STORED = "stored"


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """A server that is not embedded."""

    host: str
    port: int

    @property
    def is_unstarted_lab(self) -> bool:
        """Of the receiving lab, which gets its port when it starts."""
        return self.port == 0


RECEIVING_LAB = ServerAddress("127.0.0.1", 0)


@dataclass(frozen=True, slots=True)
class ConnectionPolicy:
    """Messages that one connection carries before it is closed: 1 is "fresh", 0 is "reuse" (as many as it will)."""

    messages: int

    @property
    def fresh(self) -> bool:
        return self.messages == 1

    @property
    def label(self) -> str:
        return {0: "reuse", 1: "fresh"}.get(self.messages, f"{self.messages} messages")


@dataclass(frozen=True, slots=True)
class Delay:
    """A wait drawn per event. constant: a ms; uniform: a to b ms; exponential: mean a ms; lognormal: median a ms, sigma b."""

    distribution: str
    a: float
    b: float = 0.0


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong at the embedded server, with a probability per chance of it.

    `at` is a point of the dialogue: connect, banner, ehlo, starttls, auth, mail, rcpt, data, content, quit for SMTP;
    connect, request, response for an API. What happens there: an SMTP `reply` ("450 4.2.1 busy"), an HTTP `status`,
    one of the provider's own answers by its name (`answer`), a `delay` before going on, or a `drop` of the connection (at
    `content` and `response`: after the message was taken).
    """

    at: str
    probability: float = 1.0
    reply: str = ""
    status: int = 0
    retry_after_s: int = 0
    delay: Delay | None = None
    drop: bool = False
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of mail that the embedded server has accepted, as its webhooks tell. What is left over is delivered.

    Shares of all mail to `recipients` (a pattern); opened and clicked are shares of what is delivered.
    """

    recipients: str = "*"
    bounced: float = 0.0
    soft_bounced: float = 0.0
    rejected: float = 0.0
    deferred: float = 0.0  # and delivered later
    opened: float = 0.0
    opened_by_programs: float = 0.0
    clicked: float = 0.0
    complained: float = 0.0
    unsubscribed: float = 0.0
    delay: Delay = Delay("constant", 1_000.0)  # from accepted to delivered


@dataclass(frozen=True, slots=True)
class Limit:
    """The embedded server's limits; 0 is none. Over the rate: 450 or 429 with Retry-After (a token bucket)."""

    messages_per_connection: int = 0
    rate_per_s: float = 0.0
    burst: int = 1
    idle_s: float = 0.0
    message_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Dsn:
    """The delivery status notifications that an smtp arm asks for (RFC 3461 §4); what is empty is not said."""

    ret: str = ""  # "full" or "hdrs"
    envid: str = ""  # may hold NAMED_SEND, in whose place the identity of each send stands
    notify: tuple[str, ...] = ()  # "never" alone, or some of "success", "failure", "delay"
    orcpt: bool = False


@dataclass(frozen=True, slots=True)
class Dkim:
    """The DKIM signature that an smtp arm makes (RFC 6376); `key` is where the private key in PEM is read from."""

    domain: str
    selector: str
    key: SecretRef


@dataclass(frozen=True, slots=True)
class MessageSpec:
    """What to compose: from a template and a CSV of recipients, or inline; or mail of the user's own (`eml`)."""

    sender: Address
    count: int
    seed: int
    template: Path | None = None
    recipients: Path | None = None
    subaddress: bool = False  # rows that are used again go to an address of their own
    attachments: tuple[Path, ...] = ()
    subject: str = ""
    text: str = ""
    text_bytes: int = 0
    html: str = ""
    to: tuple[Address, ...] = ()
    # From here to `language`: as written, and templates of the row's columns where they hold {{ or {%.
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    reply_to: tuple[str, ...] = ()
    envelope_from: str | None = None  # None: the address of `sender`; "" is the null reverse-path (RFC 5321 §4.5.5)
    headers: Mapping[str, str] = field(default_factory=dict)
    priority: str = "normal"
    language: str = ""
    at_most: int = 0  # distinct messages that the run sends; 0: not known
    eml: str = ""  # a pattern of files below `folder`
    folder: Path = Path()
    anonymise: bool = False
    root: Path | None = None  # files outside of it are refused; None: they are not


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """The lab's link; every field is a sweep of one or more values, each a condition (method.md §9).

    `capture`: what crosses it is kept as a file (`run --pcap`).
    """

    rtt_ms: tuple[float, ...] = ()
    jitter_ms: tuple[float, ...] = ()
    bandwidth_mbit: tuple[float, ...] = ()
    loss_percent: tuple[float, ...] = ()
    queue_kb: tuple[float, ...] = ()
    capture: bool = False


@dataclass(frozen=True, slots=True)
class ArmSpec:
    """One way to send. `server` None is the embedded one. `options` are the provider's own (providers/<name>.py).

    `congestion` is the TCP congestion control that both ends set; empty is the kernel's choice.
    """

    name: str
    transport: str
    client: str
    connection: ConnectionPolicy
    security: Security
    baseline: bool = False
    server: ServerAddress | None = None
    provider: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    messages_per_request: int = 1
    render: Render = Render.CLIENT
    auth: str = ""
    username: str = ""
    password: SecretRef | None = None
    dialogue: str = "step"
    timeout_s: float = 30.0
    ca_file: Path | None = None
    faults: tuple[Fault, ...] = ()
    limit: Limit = Limit()
    congestion: str = ""
    dsn: Dsn = Dsn()
    dkim: Dkim | None = None
    profile: str = ""  # the relay or API that the embedded server behaves as (profiles/)
    fates: tuple[Fate, ...] = ()  # of the embedded server's mail; the first whose pattern fits counts
    relay: RelaySpec | None = None  # the embedded server sends its mail on to the receiving lab
    failover: Failover | None = None
    sandbox: bool = False  # in its provider's test mode, which delivers to no one

    def same_way(self, other: ArmSpec) -> bool:
        """Whether both arms send in exactly the same way: such a pair is an A/A test (method.md §5)."""
        return self._way() == other._way()

    def _way(self) -> ArmSpec:
        """Without its name, and without what happens to its mail afterwards."""
        return replace(self, name="", baseline=False, fates=(), relay=None)


@dataclass(frozen=True, slots=True)
class Threshold:
    """`"api.response.p95" = "< 250 ms"`: arm pattern (fnmatch), metric, statistic ("" for a rate), limit in base units.

    Base units: milliseconds for durations, a fraction for rates, 1/s for throughput, plain numbers else.
    """

    key: str
    arm: str
    metric: str
    statistic: str
    comparison: str
    limit: float
    text: str


@dataclass(frozen=True, slots=True)
class VerdictSpec:
    """ROPE: the ratios that count as no difference (method.md §7), set before the run."""

    rope: tuple[float, float] = (0.90, 1.10)
    confidence: float = 0.95
    family: str = "each"  # "all": the intervals of all contrasts hold together


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole scenario; `source` is the TOML text as written, kept with the run."""

    name: str
    question: str
    path: Path
    source: str
    message: MessageSpec
    load: LoadSpec
    network: NetworkSpec
    arms: tuple[ArmSpec, ...]
    verdict: VerdictSpec
    thresholds: tuple[Threshold, ...] = ()
    cost: CostSpec = NO_COST
    retry: RetrySpec = NO_RETRY
    allow_hosts: tuple[str, ...] = ()
    allow_recipients: tuple[str, ...] = ()
    max_messages: int = 0
    allow_plaintext_auth: bool = False
    events: EventsSpec | None = None
    mailboxes: tuple[MailboxSpec, ...] = ()
    receiving_lab: ReceivingLabSpec | None = None

    @property
    def baseline(self) -> int:
        """Index of the baseline arm: the one that says so, else the first API arm, else the first that sends at all."""
        named = [index for index, arm in enumerate(self.arms) if arm.baseline]
        by_api = [index for index, arm in enumerate(self.arms) if arm.transport == "api"]
        sending = [index for index, arm in enumerate(self.arms) if arm.transport != "null"]
        return [*named, *by_api, *sending, 0][0]
