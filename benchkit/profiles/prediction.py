"""The predicted time until a mail is accepted, from a profile and theory alone: nothing is sent (docs/method.md §2, §4).

Unknown facts give a range or stay unknown: round trips from the fewest to the most that the profile allows; no time of the
server where no one has measured it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from benchkit.model.scenario import ArmSpec, ConnectionPolicy, Security
from benchkit.profiles.computing import Computing
from benchkit.profiles.limits import limits_of
from benchkit.profiles.profile import ApiFacts, Fact, Profile, RelayFacts
from benchkit.protocol.expected_turns import message_turns, setup_turns

_MEASURED = Computing()
WINDOW_BYTES = 10 * 1448  # the initial congestion window (RFC 6928), with IPv4 and timestamps
_LIBRARIES = "libraries"
_BEST = "best"


class Use(StrEnum):
    ONE_OFF = "one-off"  # a new connection for the mail
    KEPT = "kept"  # one after the other on a connection that stays open
    PACED = "paced"  # one every so often, on a connection that may have been closed meanwhile


@dataclass(frozen=True, slots=True)
class TimeRange:
    """From the least to the most; both alike where it is known."""

    low: float
    high: float

    @classmethod
    def over(cls, values: Iterable[float]) -> TimeRange:
        found = list(values)
        return cls(min(found), max(found))

    def __add__(self, other: TimeRange) -> TimeRange:
        return TimeRange(self.low + other.low, self.high + other.high)

    def times(self, factor: TimeRange) -> TimeRange:
        return TimeRange(self.low * factor.low, self.high * factor.high)


@dataclass(frozen=True, slots=True)
class MailShape:
    """What is asked: `rtt_ms` to the provider, octets and recipients of a message, `gap_s` between paced ones.

    `messages_per_request` is about mail after mail on a kept connection. One mail, and one every so often, goes alone: it would
    have to wait until a request of several is full.
    """

    rtt_ms: TimeRange
    size_bytes: int = 4000
    recipients: int = 1
    gap_s: float = 15.0
    messages_per_request: int = 1


@dataclass(frozen=True, slots=True)
class PredictedTime:
    """Of one request or SMTP transaction, which carries `messages`. `round_trips` × RTT + computing = `network_ms`.

    With `server_ms` it is `total_ms`, unknown without. `how` says what decides the round trips; `unknown` names the facts that
    a range, or a missing total, comes from.
    """

    transport: str
    client: str  # "best": what the relay allows; "libraries": what the usual ones do
    use: Use
    how: str
    round_trips: TimeRange
    network_ms: TimeRange
    server_ms: TimeRange | None
    unknown: tuple[str, ...]
    messages: int = 1

    @property
    def share_ms(self) -> TimeRange:
        """A message's share of the network's time: what counts for throughput. Each message waits for the whole request."""
        return TimeRange(self.network_ms.low / self.messages, self.network_ms.high / self.messages)

    @property
    def total_ms(self) -> TimeRange | None:
        return None if self.server_ms is None else self.network_ms + self.server_ms


@dataclass(frozen=True, slots=True)
class WayFacts:
    """A way of sending as numbers, from which round trips and times follow for any mail: what a page's script computes with.

    `message` is for one recipient. `shares` are connections opened for each message of a kept connection, `idle_s` after how
    long a connection is closed; both have a number for each source.
    """

    transport: str
    client: str
    how: str
    setup: TimeRange
    message: TimeRange
    per_recipient: TimeRange
    shares: tuple[float, ...]
    idle_s: tuple[float, ...]
    server_ms: TimeRange | None


@dataclass(frozen=True, slots=True)
class _Way:
    """Round trips of a new connection and of a message on it, and what is known of how long it stays open."""

    transport: str
    client: str
    how: str
    setup: TimeRange
    message: TimeRange
    per_connection: Fact[int]
    idle: Fact[float]
    server: TimeRange | None
    unknown: tuple[str, ...]
    per_request: Fact[int]


def predict(profile: Profile, mail: MailShape, computing: Computing = _MEASURED) -> tuple[PredictedTime, ...]:
    """Raises ValueError where the provider does not take such a mail, or so many in a request."""
    for name, limit in limits_of(profile).items():
        if getattr(mail, name) > limit.most:
            raise ValueError(f"its {limit.holder} takes {name} of at most {limit.most:,}")
    return tuple(_predicted(way, use, mail, computing) for way in _ways(profile, mail) for use in Use)


def ways_of(profile: Profile) -> tuple[WayFacts, ...]:
    """The ways of `predict`, in its order."""
    rtt_ms = TimeRange(0, 0)
    one, two = (_ways(profile, MailShape(rtt_ms, recipients=number)) for number in (1, 2))
    return tuple(_facts_of(first, second) for first, second in zip(one, two, strict=True))


def _facts_of(one: _Way, two: _Way) -> WayFacts:
    more = TimeRange(two.message.low - one.message.low, two.message.high - one.message.high)
    return WayFacts(
        one.transport, one.client, one.how, one.setup, one.message, more, tuple(_shares(one)), one.idle.values, one.server
    )  # fmt: skip


def slow_start_turns(size_bytes: int) -> int:
    """Round trips that content beyond the initial window costs on a new or idle connection (docs/method.md §4)."""
    return math.ceil(math.log2(size_bytes / WINDOW_BYTES + 1)) - 1 if size_bytes > WINDOW_BYTES else 0


def _ways(profile: Profile, mail: MailShape) -> Iterator[_Way]:
    if profile.smtp is not None:
        yield _best(profile.smtp, mail)
        yield _libraries(profile.smtp, mail)
    if profile.api is not None:
        yield _api(profile.api)


def _best(relay: RelayFacts, mail: MailShape) -> _Way:
    """TLS from the first byte where there is a port for it, and the fewest round trips that EHLO allows."""
    securities, logins, dialogues = _securities(relay), _logins(relay), _dialogues(relay)
    unknown = [
        *(["ports"] if len(securities) > 1 else []),
        *(["logins"] if len(logins) > 1 else []),
        *(["EHLO"] if len(dialogues) > 1 else []),
    ]
    setups = (setup_turns(_arm(security, login, "step")) for security in securities for login in logins)
    messages = (message_turns(_arm(Security.NONE, "", dialogue), mail.recipients) for dialogue in dialogues)
    how = f"{_said(securities)}, {' or '.join(dialogues)}"
    return _relay_way(relay, _BEST, how, (TimeRange.over(setups), TimeRange.over(messages)), unknown)


def _libraries(relay: RelayFacts, mail: MailShape) -> _Way:
    """One command at a time after STARTTLS, as smtplib, aiosmtplib, Jakarta Mail and many others do."""
    implicit_only = relay.starttls_ports.value == ()
    security = Security.IMPLICIT if implicit_only else Security.STARTTLS
    logins = _logins(relay)
    setups = TimeRange.over(setup_turns(_arm(security, login, "step")) for login in logins)
    message = message_turns(_arm(security, "", "step"), mail.recipients)
    unknown = ["logins"] if len(logins) > 1 else []
    return _relay_way(relay, _LIBRARIES, f"{_said((security,))}, step", (setups, TimeRange(message, message)), unknown)


def _relay_way(
    relay: RelayFacts, client: str, how: str, turns: tuple[TimeRange, TimeRange], unknown: list[str]
) -> _Way:
    return _Way(
        "smtp",
        client,
        how,
        *turns,
        relay.messages_per_connection,
        relay.idle_s,
        _range(relay.accept_ms),
        tuple(unknown),
        Fact(),
    )


def _api(api: ApiFacts) -> _Way:
    return _Way(
        "api", _BEST, "TLS 1.3, one request", TimeRange(2, 2), TimeRange(1, 1), api.requests_per_connection, api.idle_s,
        _range(api.accept_p50_ms), (), api.messages_per_request,
    )  # fmt: skip


def _securities(relay: RelayFacts) -> tuple[Security, ...]:
    ports = relay.implicit_ports.value
    if ports is None:
        return Security.IMPLICIT, Security.STARTTLS
    return (Security.IMPLICIT,) if ports else (Security.STARTTLS,)


def _logins(relay: RelayFacts) -> tuple[str, ...]:
    offered = relay.logins.value
    if offered is None:
        return "plain", "login"
    return ("plain",) if "plain" in offered else ("login",)


def _dialogues(relay: RelayFacts) -> tuple[str, ...]:
    """The one with the fewest round trips that the relay allows; the whole span where its EHLO is unknown."""
    if relay.offers("PIPELINING") is None:
        return "bdat-eager", "step"
    if not relay.offers("PIPELINING"):
        return ("step",)
    return ("bdat-eager",) if relay.offers("CHUNKING") else ("pipelined",)


def _arm(security: Security, auth: str, dialogue: str) -> ArmSpec:
    return ArmSpec("", "smtp", "", ConnectionPolicy(1), security, auth=auth, dialogue=dialogue)


def _said(securities: tuple[Security, ...]) -> str:
    words = {Security.IMPLICIT: "TLS from the first byte", Security.STARTTLS: "STARTTLS"}
    return " or ".join(words[each] for each in securities)


def _range(fact: Fact[float]) -> TimeRange | None:
    return TimeRange.over(fact.values) if fact.values else None


def _predicted(way: _Way, use: Use, mail: MailShape, computing: Computing) -> PredictedTime:
    openings, unknown = _openings(way, use, mail)
    messages = mail.messages_per_request if way.transport == "api" and use is Use.KEPT else 1
    growth = 0 if use is Use.KEPT else slow_start_turns(mail.size_bytes)
    turns = way.setup.times(openings) + way.message + TimeRange(growth, growth)
    opening = TimeRange(computing.connection_ms, computing.connection_ms).times(openings)
    # Measured for one message in a request: several take no less, and no more than as many requests.
    computed = opening + TimeRange(computing.message_ms, computing.message_ms * messages)
    server = way.server if messages == 1 else None  # published for one mail only
    return PredictedTime(
        way.transport,
        way.client,
        use,
        way.how,
        turns,
        turns.times(mail.rtt_ms) + computed,
        server,
        (*way.unknown, *unknown, *_unknown_of(messages, server, way.per_request)),
        messages,
    )


def _unknown_of(messages: int, server: TimeRange | None, per_request: Fact[int]) -> Iterator[str]:
    if messages > 1:
        if not per_request.values:
            yield "how many messages a request takes"
        yield "computing of a request of several messages"
    if server is None:
        yield "server's time" if messages == 1 else "server's time for a request of several messages"


def _openings(way: _Way, use: Use, mail: MailShape) -> tuple[TimeRange, list[str]]:
    """Connections opened for one message, and what is unknown about it."""
    if use is Use.ONE_OFF:
        return TimeRange(1, 1), []
    shares = _shares(way)
    kept = TimeRange.over(shares)
    if use is Use.KEPT:
        return kept, []
    if not way.idle.values:
        return TimeRange(kept.low, 1), ["idle time"]
    return TimeRange.over(1.0 if mail.gap_s >= idle_s else share for idle_s in way.idle.values for share in shares), []


def _shares(way: _Way) -> list[float]:
    """Of a connection that is kept: how many are opened for each message."""
    return [1 / most for most in way.per_connection.values] or [0.0]
