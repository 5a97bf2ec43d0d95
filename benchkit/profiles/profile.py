"""What is known of a provider's SMTP relay and API, as values: every fact with its sources, contradictions kept.

`after_tls` holds the EHLO keywords that decide how a client may talk; a fact without a claim is unknown, and nothing is assumed
in its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Claim(Generic[T]):
    """`date` as "2026-11" or "2023": of the source, or of the day when it was read."""

    value: T
    source: str
    date: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fact(Generic[T]):
    """What sources say of one thing; none: unknown."""

    claims: tuple[Claim[T], ...] = ()

    @property
    def values(self) -> tuple[T, ...]:
        """Each once, in the order of the file."""
        found: list[T] = []
        for claim in self.claims:
            if claim.value not in found:
                found.append(claim.value)
        return tuple(found)

    @property
    def value(self) -> T | None:
        """The first claim's; None where it is unknown."""
        return self.claims[0].value if self.claims else None

    @property
    def contradicts_itself(self) -> bool:
        return len(self.values) > 1


@dataclass(frozen=True, slots=True)
class RelayFacts:
    """The SMTP relay. Ports with STARTTLS and with TLS from the first byte; `idle_s` of silence end a connection."""

    host: Fact[str] = Fact()
    starttls_ports: Fact[tuple[int, ...]] = Fact()
    implicit_ports: Fact[tuple[int, ...]] = Fact()
    username: Fact[str] = Fact()
    logins: Fact[tuple[str, ...]] = Fact()
    before_tls: Fact[tuple[str, ...]] = Fact()
    after_tls: Fact[tuple[str, ...]] = Fact()
    greeting: Fact[str] = Fact()
    message_bytes: Fact[int] = Fact()
    recipients_per_message: Fact[int] = Fact()
    messages_per_connection: Fact[int] = Fact()
    messages_per_s: Fact[float] = Fact()
    idle_s: Fact[float] = Fact()
    refuses_at: Fact[str] = Fact()  # "mail", "rcpt" or "content": where mail that it does not want ends
    throttled: Fact[str] = Fact()  # its reply
    accept_ms: Fact[float] = Fact()  # from the end of the content to the reply, at the relay

    def offers(self, keyword: str) -> bool | None:
        """None where no one has seen its EHLO."""
        return None if self.after_tls.value is None else keyword in self.after_tls.value


@dataclass(frozen=True, slots=True)
class ApiFacts:
    """The HTTP API. `accept_*_ms`: from the whole request to the response, at the provider."""

    host: Fact[str] = Fact()
    accept_p50_ms: Fact[float] = Fact()
    accept_p90_ms: Fact[float] = Fact()
    accept_p95_ms: Fact[float] = Fact()
    accept_p99_ms: Fact[float] = Fact()
    idle_s: Fact[float] = Fact()
    requests_per_connection: Fact[int] = Fact()
    requests_per_s: Fact[float] = Fact()
    messages_per_request: Fact[int] = Fact()
    recipients_per_message: Fact[int] = Fact()
    message_bytes: Fact[int] = Fact()


@dataclass(frozen=True, slots=True)
class Profile:
    """`provider` is benchkit's API of the same provider (providers/), empty where there is none.

    `rtt_ms` is from the machine that looked: only a profile that `benchkit doctor` wrote has it.
    """

    name: str
    title: str
    provider: str = ""
    smtp: RelayFacts | None = None
    api: ApiFacts | None = None
    rtt_ms: Fact[float] = Fact()

    def facts(self) -> Iterator[tuple[str, Fact[Any]]]:
        """`smtp.host` and so on, the unknown ones too; `rtt_ms` where it was measured."""
        if self.rtt_ms.claims:
            yield "rtt_ms", self.rtt_ms
        for part in ("smtp", "api"):
            if (holder := getattr(self, part)) is not None:
                for each in fields(holder):
                    yield f"{part}.{each.name}", getattr(holder, each.name)
