"""What became of accepted messages, by arm and by receiving domain: counts, rates with intervals, times.

A copy that no event names is not known to be lost: providers tell late, or not at all. Opens and clicks of programs are apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchkit.model.event import EventKind
from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import Run
from benchkit.model.summary import Estimate
from benchkit.stats.proportion import wilson

K = EventKind
MOST_REASONS = 8
MOST_DOMAINS = 20
RATED = (K.DELIVERED, K.BOUNCED, K.REJECTED, K.DEFERRED, K.COMPLAINED, K.UNSUBSCRIBED, K.OPENED, K.CLICKED)


@dataclass(frozen=True, slots=True)
class Fate:
    """`accepted`: messages (of an arm), or copies that events name (of a domain). `counts`: copies with that event.

    `opened` and `clicked` are those that no agent has shown to be a program's; `by_machines` the others.
    `delivered_ms`: the median from accepted to delivered, by the events' own times; None where none is known.
    """

    name: str
    accepted: int
    counts: Mapping[str, int]
    rates: Mapping[str, Estimate]
    by_machines: Mapping[str, int]
    hard_bounces: int
    delivered_ms: float | None
    reasons: tuple[tuple[str, int], ...]
    unheard: int  # accepted messages that no event names


@dataclass(frozen=True, slots=True)
class Deliverability:
    arms: tuple[Fate, ...]
    domains: tuple[Fate, ...]
    foreign: int  # events about no send of the run


def deliverability(run: Run, rows: Sequence[Mapping[str, Any]]) -> Deliverability:
    """`rows` are those of the table `events`; warm-up counts too, for its mail left as any other."""
    own = [row for row in rows if row["send"] >= 0]
    accepted: Counter[int] = Counter()
    for arm, outcome in zip(run.messages["arm"].tolist(), run.messages["outcome"].tolist(), strict=True):
        accepted[arm] += outcome == OutcomeKind.ACCEPTED
    by_arm, by_domain = defaultdict(list), defaultdict(list)
    for row in own:
        by_arm[row["arm"]].append(row)
        by_domain[row["recipient_domain"]].append(row)
    confidence = run.manifest.confidence
    arms = [
        _fate(arm.name, accepted[number], by_arm[number], confidence) for number, arm in enumerate(run.manifest.arms)
    ]
    named = sorted(by_domain, key=lambda domain: (-len(by_domain[domain]), domain))[:MOST_DOMAINS]
    domains = [
        _fate(domain or "not named", _copies(by_domain[domain]), by_domain[domain], confidence) for domain in named
    ]
    return Deliverability(tuple(arms), tuple(domains), len(rows) - len(own))


def _copies(rows: Sequence[Mapping[str, Any]]) -> int:
    return len({(row["send"], row["recipient_hash"]) for row in rows})


def _fate(name: str, accepted: int, rows: Sequence[Mapping[str, Any]], confidence: float) -> Fate:
    copies: dict[str, set[tuple[int, int]]] = defaultdict(set)
    machines: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for row in rows:
        seen = machines if row["machine"] == 1 else copies
        seen[row["kind"]].add((row["send"], row["recipient_hash"]))
    counts = {kind.value: len(copies[kind.value]) for kind in RATED}
    times = [row["after_ms"] for row in rows if row["kind"] == K.DELIVERED and row["after_ms"] >= 0]
    refused = [row for row in rows if row["kind"] in (K.BOUNCED, K.REJECTED, K.DEFERRED)]
    reasons = Counter(
        row["enhanced"] or str(row["code"] or "") or row["reason"][:60] or "no reason given" for row in refused
    )
    whole = max(accepted, *(counts.values()), 0)
    return Fate(
        name=name,
        accepted=accepted,
        counts=counts,
        rates={kind: wilson(count, whole, confidence) for kind, count in counts.items()},
        by_machines={kind: len(machines[kind]) for kind in (K.OPENED.value, K.CLICKED.value)},
        hard_bounces=_copies([row for row in rows if row["bounce"] == "hard"]),
        delivered_ms=median(times) if times else None,
        reasons=tuple(reasons.most_common(MOST_REASONS)),
        unheard=max(0, accepted - len({row["send"] for row in rows})),
    )
