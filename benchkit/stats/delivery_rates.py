"""Events of accepted mail, by arm and by receiving domain: counts of copies, rates with intervals, times, reasons.

A copy that no event names is not known to be lost: providers tell late, or not at all. Opens and clicks of programs are apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from benchkit.model.deliverability import DeliveryRates, RefusalReason
from benchkit.model.estimate import Estimate
from benchkit.model.event import EventKind
from benchkit.model.run import Run, Table
from benchkit.stats.accepted_copies import accepted_copies, accepted_copies_by_domain
from benchkit.stats.event_columns import KIND_CODES, EventColumns, distinct, event_columns
from benchkit.stats.proportion import wilson
from benchkit.stats.quantile import STATISTIC

K = EventKind
MOST_REASONS = 8
MOST_DOMAINS = 20
NOT_NAMED = "not named"
RATED = (K.DELIVERED, K.BOUNCED, K.REJECTED, K.DEFERRED, K.COMPLAINED, K.UNSUBSCRIBED, K.OPENED, K.CLICKED)
REFUSED = [KIND_CODES[kind] for kind in (K.BOUNCED, K.REJECTED, K.DEFERRED)]


class EventRefusal(NamedTuple):
    kind: str
    bounce: str
    code: int
    enhanced: str
    reason: str

    @property
    def short(self) -> str:
        return self.enhanced or str(self.code or "") or self.reason[:60] or "no reason given"


def delivery_rates(run: Run) -> tuple[tuple[DeliveryRates, ...], tuple[DeliveryRates, ...], int]:
    """Of each arm, of each receiving domain from the most events to the fewest; and how many events are about no send."""
    events, names = event_columns(run.events), [arm.name for arm in run.manifest.arms]
    copies, of_domain = accepted_copies(run), accepted_copies_by_domain(run)
    rates = partial(_rates, _refusals(run.events, events), run.manifest.confidence)
    arms = tuple(rates(name, copies[arm], events.where(events.arm == arm)) for arm, name in enumerate(names))
    domains = []
    for number in _by_size(events):
        domain, within = events.domains[number], events.where(events.domain == number)
        accepted = [of_domain.get((domain, arm), 0) for arm in range(len(names))]
        parts = (rates(name, accepted[arm], within.where(within.arm == arm)) for arm, name in enumerate(names))
        whole = rates(domain or NOT_NAMED, sum(accepted), within)
        domains.append(replace(whole, arms=tuple(part for part in parts if part.accepted or any(part.counts.values()))))
    return arms, tuple(domains), len(run.events["send"]) - len(events.row)


def _by_size(events: EventColumns) -> list[int]:
    sizes = np.bincount(events.domain, minlength=len(events.domains)).tolist()
    return sorted(range(len(sizes)), key=lambda one: (-sizes[one], events.domains[one]))[:MOST_DOMAINS]


def _rates(
    texts: Mapping[int, EventRefusal], confidence: float, name: str, accepted: int, events: EventColumns
) -> DeliveryRates:
    people, machines = _copies(events.where(~events.by_machine)), _copies(events.where(events.by_machine))
    # a copy that came back later was taken by the receiver first, and not delivered in the end
    people[K.DELIVERED] = np.setdiff1d(people[K.DELIVERED], people[K.BOUNCED], assume_unique=True)
    counts = {kind.value: len(people[kind]) for kind in RATED}
    whole, is_heard = max(accepted, *counts.values()), len(events.row) > 0
    after_ms = _times(events)
    median = STATISTIC["p50"](after_ms, confidence) if len(after_ms) else Estimate(None)
    is_refused = np.isin(events.kind, REFUSED)
    refused = [texts[row] for row in events.row[is_refused].tolist()]
    return DeliveryRates(
        name=name,
        accepted=accepted,
        counts=counts,
        rates={
            kind: wilson(count, whole, confidence) if is_heard else Estimate(None) for kind, count in counts.items()
        },
        by_machines={kind.value: len(machines[kind]) for kind in (K.OPENED, K.CLICKED)},
        hard_bounces=len(distinct(events.copy[events.is_hard])),
        delivered_ms=median.value,
        reasons=tuple(Counter(one.short for one in refused).most_common(MOST_REASONS)),
        unheard=max(0, accepted - len(distinct(events.copy))),
        delivered_ms_ci=(median.low, median.high) if len(after_ms) else None,
        delivered_p95_ms=STATISTIC["p95"](after_ms, confidence).value if len(after_ms) else None,
        refusals=tuple(_reasons(refused, events.copy[is_refused].tolist())),
    )


def _copies(events: EventColumns) -> dict[EventKind, Any]:
    """Those with an event of a kind, each once."""
    return {kind: distinct(events.copy[events.kind == KIND_CODES[kind]]) for kind in RATED}


def _times(events: EventColumns) -> Any:
    """From accepted to delivered, of each copy once, by its first event."""
    delivered = events.kind == KIND_CODES[K.DELIVERED]
    _, first = np.unique(events.copy[delivered], return_index=True)
    after_ms = events.after_ms[delivered][first]
    return after_ms[after_ms >= 0]


def _refusals(events: Table, columns: EventColumns) -> Mapping[int, EventRefusal]:
    """By row of the table. A long table reads a column whenever it is asked for one: each is asked for once."""
    rows = columns.row[np.isin(columns.kind, REFUSED)]
    found = (events[name][rows].tolist() for name in EventRefusal._fields)
    return dict(zip(rows.tolist(), map(EventRefusal._make, zip(*found, strict=True)), strict=True))


def _reasons(refused: list[EventRefusal], copies: list[int]) -> Iterator[RefusalReason]:
    """By event and codes, the most frequent first; the reason is the one that most of these copies were given."""
    of_codes: dict[tuple[str, str, int, str], set[int]] = defaultdict(set)
    reasons: dict[tuple[str, str, int, str], Counter[str]] = defaultdict(Counter)
    for one, copy in zip(refused, copies, strict=True):
        key = one.kind, one.bounce, one.code, one.enhanced
        of_codes[key].add(copy)
        reasons[key][one.reason] += 1
    for key in sorted(of_codes, key=lambda key: (-len(of_codes[key]), key))[:MOST_REASONS]:
        yield RefusalReason(*key, reasons[key].most_common(1)[0][0], len(of_codes[key]))
