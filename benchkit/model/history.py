"""Stored runs over time: a short summary of each, series of the same arm, and where such a series changed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ArmFacts:
    """One arm under one condition of one run. `median_ms` is the load model's: response time of an open load, else service."""

    arm: str
    condition: str
    median_ms: float | None
    low_ms: float | None
    high_ms: float | None
    sent: int
    failed: int


@dataclass(frozen=True, slots=True)
class Consumption:
    """Messages of one run, warm-up included; `own`: to servers that benchkit started itself.

    sent = accepted + refused + failed + ambiguous. `bounced`: returned after acceptance; None where nothing was asked.
    """

    own: bool
    sent: int
    accepted: int
    refused: int  # by a reply: deferred, rejected, throttled
    failed: int  # without one: unreachable, timed out, garbled
    ambiguous: int
    bounced: int | None = None


@dataclass(frozen=True, slots=True)
class RunFacts:
    """Times of another `machine` (processor and cores) or `load` are another series. `valid`: its numbers count."""

    run: str
    created_utc: str
    scenario: str
    load: str
    machine: str
    status: str
    valid: bool
    arms: tuple[ArmFacts, ...]
    consumption: tuple[Consumption, ...]


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """Between the runs at `place` − 1 and `place` the level changed; it was found with the run at `found_at`."""

    place: int
    found_at: int
    before: float
    after: float
    p: float


@dataclass(frozen=True, slots=True)
class ArmSeries:
    """An arm under a condition and load, on one machine, over valid runs of one scenario. Changes count from 0 in `runs`."""

    scenario: str
    arm: str
    condition: str
    load: str
    machine: str
    runs: tuple[str, ...]
    created_utc: tuple[str, ...]
    facts: tuple[ArmFacts, ...]
    time_changes: tuple[ChangePoint, ...]
    failure_changes: tuple[ChangePoint, ...]


@dataclass(frozen=True, slots=True)
class AuditFacts:
    """One stored audit of a domain; `ip` is the sending address that it was asked about, empty where none."""

    domain: str
    ip: str
    at_utc: str
    verdict: str
    score: int | None
    spf: str
    mechanisms: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class History:
    """Runs and audits from the oldest to the newest; `unreadable` says why a folder or file is left out."""

    runs: tuple[RunFacts, ...]
    series: tuple[ArmSeries, ...]
    audits: tuple[AuditFacts, ...] = ()
    unreadable: tuple[str, ...] = ()
