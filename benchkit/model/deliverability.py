"""What became of accepted mail, as values: events, the tester's own mailboxes, and how two arms differ in them.

A rate has Wilson's interval, and takes each copy as independent. `accepted` counts copies: one for each accepted recipient.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from benchkit.model.estimate import Estimate

MARGIN = 0.01  # one percentage point: two rates that differ by less are level


@dataclass(frozen=True, slots=True)
class RefusalReason:
    """One reason of refusal, with its codes: `count` copies. `kind`: bounced, rejected or deferred."""

    kind: str
    bounce: str
    code: int
    enhanced: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class DeliveryRates:
    """Of an arm, a receiving domain, or both. `counts`: copies with that event; one that came back later is not `delivered`.

    `opened` and `clicked` are those that no agent has shown to be a program's; `by_machines` the others. `delivered_ms`: from
    accepted to delivered by the events' own times, the median with its interval; `delivered_p95_ms` the 95th percentile.
    """

    name: str
    accepted: int
    counts: Mapping[str, int]
    rates: Mapping[str, Estimate]
    by_machines: Mapping[str, int]
    hard_bounces: int
    delivered_ms: float | None
    reasons: tuple[tuple[str, int], ...]
    unheard: int  # accepted copies that no event names
    delivered_ms_ci: tuple[float | None, float | None] | None
    delivered_p95_ms: float | None
    refusals: tuple[RefusalReason, ...]
    arms: tuple[DeliveryRates, ...] = ()  # of a domain: each arm's


@dataclass(frozen=True, slots=True)
class ArmPlacements:
    """What lies in the test mailboxes. `places`, `results`, `changes`: how many mails; `rates` are of the mails found.

    `judged`: mails into which the receiver wrote results; `result_rates` are of those. `after_ms`: the median from accepted to
    delivered, ± `resolution_ms`; None for an embedded server, which sends on after the run.
    `found_rate` is of the accepted copies.
    """

    arm: str
    accepted: int
    found: int
    places: Mapping[str, int]
    results: Mapping[str, int]  # "dkim=pass"
    changes: Mapping[str, int]
    scores: tuple[float, float] | None  # least and most
    without_tls: int  # mails with a hop that had no TLS
    after_ms: float | None
    resolution_ms: int
    found_rate: Estimate
    rates: Mapping[str, Estimate]  # by place
    judged: int
    result_rates: Mapping[str, Estimate]  # spf, dkim, dmarc: the share that passed
    after_ms_ci: tuple[float | None, float | None] | None


@dataclass(frozen=True, slots=True)
class PairDifference:
    """In `count` pairs this differs; `first` and `second` are of most of them. `cause` is empty where it is not known."""

    what: str
    first: str
    second: str
    cause: str
    count: int


@dataclass(frozen=True, slots=True)
class ArmPair:
    """The content and authentication verdict: the same message of a batch, as it arrived from two arms, pair by pair."""

    first: str
    second: str
    pairs: int
    identical: int
    identical_rate: Estimate
    differences: tuple[PairDifference, ...]


class RateVerdict(StrEnum):
    """Of a rate of an arm against the baseline's. `OPEN`: too few copies; `NOT_KNOWN`: too many of which nothing is known."""

    WORSE = "worse"
    BETTER = "better"
    LEVEL = "level"
    OPEN = "open"
    NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class RateContrast:
    """`what`: delivered, or the authentication method that decides. `difference` = arm − baseline, Newcombe's interval."""

    what: str
    arm: str
    baseline: str
    rate: Estimate
    baseline_rate: Estimate
    difference: Estimate
    verdict: RateVerdict
    needed: int | None = None  # OPEN: copies an arm that would decide at these rates; None: more than can be said
    unheard: int = 0  # NOT_KNOWN: accepted copies that no event names …
    unheard_arm: str = ""  # … of this arm
    sends_events: bool = True  # whether that arm's provider posts events: an own SMTP server's mail has none


@dataclass(frozen=True, slots=True)
class Deliverability:
    """`arms` and `domains` are empty without events, `placements` and `pairs` without test mailboxes."""

    arms: tuple[DeliveryRates, ...] = ()
    domains: tuple[DeliveryRates, ...] = ()
    foreign: int = 0  # events about no send of the run
    placements: tuple[ArmPlacements, ...] = ()
    pairs: tuple[ArmPair, ...] = ()
    contrasts: tuple[RateContrast, ...] = ()
    margin: float = MARGIN
