"""Events of accepted mail, by arm and by receiving domain: counts of copies, rates with intervals, times, reasons.

A copy that no event names is not known to be lost: providers tell late, or not at all. Opens and clicks of programs are apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from benchkit.model.deliverability import DeliveryRates, RefusalReason
from benchkit.model.estimate import Estimate
from benchkit.model.event import Bounce, EventKind
from benchkit.model.run import Run
from benchkit.stats.accepted_copies import accepted_copies, accepted_copies_by_domain
from benchkit.stats.proportion import wilson
from benchkit.stats.quantile import STATISTIC

K = EventKind
MOST_REASONS = 8
MOST_DOMAINS = 20
NOT_NAMED = "not named"
RATED = (K.DELIVERED, K.BOUNCED, K.REJECTED, K.DEFERRED, K.COMPLAINED, K.UNSUBSCRIBED, K.OPENED, K.CLICKED)
REFUSED = (K.BOUNCED, K.REJECTED, K.DEFERRED)

Copy = tuple[int, int]  # send, hash of the recipient


class EventFact(NamedTuple):
    """A row of the table `events`, as far as it is counted."""

    send: int
    arm: int
    recipient_hash: int
    recipient_domain: str
    kind: str
    bounce: str
    after_ms: int
    code: int
    enhanced: str
    reason: str
    machine: int

    @property
    def copy(self) -> Copy:
        return self.send, self.recipient_hash


def delivery_rates(run: Run) -> tuple[tuple[DeliveryRates, ...], tuple[DeliveryRates, ...], int]:
    """Of each arm, of each receiving domain from the most copies to the fewest; and how many events are about no send."""
    own = list(_own(run))
    by_arm, by_domain = defaultdict(list), defaultdict(list)
    by_both: dict[tuple[str, int], list[EventFact]] = defaultdict(list)
    for fact in own:
        by_arm[fact.arm].append(fact)
        by_domain[fact.recipient_domain].append(fact)
        by_both[fact.recipient_domain, fact.arm].append(fact)
    confidence, names = run.manifest.confidence, [arm.name for arm in run.manifest.arms]
    copies, of_domain = accepted_copies(run), accepted_copies_by_domain(run)
    arms = tuple(_rates(name, copies[arm], by_arm[arm], confidence) for arm, name in enumerate(names))
    domains = []
    for domain in sorted(by_domain, key=lambda one: (-len(by_domain[one]), one))[:MOST_DOMAINS]:
        accepted = [of_domain.get((domain, arm), 0) for arm in range(len(names))]
        whole = _rates(domain or NOT_NAMED, sum(accepted), by_domain[domain], confidence)
        parts = tuple(
            _rates(name, accepted[arm], by_both[domain, arm], confidence)
            for arm, name in enumerate(names)
            if accepted[arm] or by_both[domain, arm]
        )
        domains.append(replace(whole, arms=parts))
    return arms, tuple(domains), len(run.events["send"]) - len(own)


def _own(run: Run) -> Iterator[EventFact]:
    columns = (run.events[name].tolist() for name in EventFact._fields)
    return (fact for fact in map(EventFact._make, zip(*columns, strict=True)) if fact.send >= 0)


def _rates(name: str, accepted: int, facts: Sequence[EventFact], confidence: float) -> DeliveryRates:
    copies = _copies_by_kind(fact for fact in facts if fact.machine != 1)
    machines = _copies_by_kind(fact for fact in facts if fact.machine == 1)
    copies[K.DELIVERED] -= copies[K.BOUNCED]  # the receiver took it first, and sent it back later
    counts = {kind.value: len(copies[kind]) for kind in RATED}
    whole = max(accepted, *counts.values())
    after = _times({fact.copy: fact.after_ms for fact in reversed(facts) if fact.kind == K.DELIVERED})
    median = STATISTIC["p50"](after, confidence) if after else Estimate(None)
    return DeliveryRates(
        name=name,
        accepted=accepted,
        counts=counts,
        rates={kind: wilson(count, whole, confidence) if facts else Estimate(None) for kind, count in counts.items()},
        by_machines={kind.value: len(machines[kind]) for kind in (K.OPENED, K.CLICKED)},
        hard_bounces=len({fact.copy for fact in facts if fact.bounce == Bounce.HARD}),
        delivered_ms=median.value,
        reasons=tuple(Counter(map(_short, _refused(facts))).most_common(MOST_REASONS)),
        unheard=max(0, accepted - len({fact.copy for fact in facts})),
        delivered_ms_ci=(median.low, median.high) if after else None,
        delivered_p95_ms=STATISTIC["p95"](after, confidence).value if after else None,
        refusals=tuple(_refusals(facts)),
    )


def _copies_by_kind(facts: Iterable[EventFact]) -> dict[str, set[Copy]]:
    found: dict[str, set[Copy]] = defaultdict(set)
    for fact in facts:
        found[fact.kind].add(fact.copy)
    return found


def _times(after_ms: Mapping[Copy, int]) -> list[int]:
    return [after for after in after_ms.values() if after >= 0]


def _refused(facts: Iterable[EventFact]) -> Iterator[EventFact]:
    return (fact for fact in facts if fact.kind in REFUSED)


def _short(fact: EventFact) -> str:
    return fact.enhanced or str(fact.code or "") or fact.reason[:60] or "no reason given"


def _refusals(facts: Iterable[EventFact]) -> Iterator[RefusalReason]:
    """By event and codes, the most frequent first; the reason is the one that most of these copies were given."""
    copies: dict[tuple[str, str, int, str], set[Copy]] = defaultdict(set)
    reasons: dict[tuple[str, str, int, str], Counter[str]] = defaultdict(Counter)
    for fact in _refused(facts):
        key = fact.kind, fact.bounce, fact.code, fact.enhanced
        copies[key].add(fact.copy)
        reasons[key][fact.reason] += 1
    for key in sorted(copies, key=lambda key: (-len(copies[key]), key))[:MOST_REASONS]:
        yield RefusalReason(*key, reasons[key].most_common(1)[0][0], len(copies[key]))
