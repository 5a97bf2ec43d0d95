"""In which folder of the test mailboxes each arm's mail is, and how it was changed on the way: counts and rates.

It is a verdict of content and authentication on test mailboxes. Where other receivers put the mail depends on reputation too.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from benchkit.model.deliverability import ArmPlacements
from benchkit.model.estimate import Estimate
from benchkit.model.run import Run
from benchkit.stats.accepted_copies import accepted_copies
from benchkit.stats.proportion import wilson
from benchkit.stats.quantile import STATISTIC

PLACES = ("inbox", "junk", "other")
METHODS = ("dmarc", "dkim", "spf")  # the first that receivers gave a result of decides


class PlacementFact(NamedTuple):
    """A row of the table `placements`, as far as it is counted."""

    send: int
    arm: int
    place: str
    after_ms: int
    resolution_ms: int
    spf: str
    dkim: str
    dmarc: str
    score: str
    hops_without_tls: int
    changes: str


def placements_by_arm(run: Run) -> tuple[ArmPlacements, ...]:
    columns = (run.placements[name].tolist() for name in PlacementFact._fields)
    facts = [PlacementFact._make(row) for row in zip(*columns, strict=True)]
    copies, confidence = accepted_copies(run), run.manifest.confidence
    found = []
    for number, record in enumerate(run.manifest.arms):
        own = [_timed(one, embedded=record.embedded) for one in facts if one.arm == number]
        found.append(_arm(record.name, copies[number], own, confidence))
    return tuple(found)


def _timed(fact: PlacementFact, *, embedded: bool) -> PlacementFact:
    """An embedded server sends on after the last message of the run: that time is no provider's."""
    return fact._replace(after_ms=-1) if embedded else fact


def _arm(name: str, accepted: int, facts: Sequence[PlacementFact], confidence: float) -> ArmPlacements:
    results = Counter(
        f"{method}={result}" for one in facts for method in sorted(METHODS) if (result := getattr(one, method))
    )
    changes = Counter(" ".join(change) for one in facts for change in json.loads(one.changes))
    places = Counter(one.place for one in facts)
    scores = [float(one.score) for one in facts if one.score]
    times = [one.after_ms for one in facts if one.after_ms >= 0]
    judged = sum(bool(one.spf or one.dkim or one.dmarc) for one in facts)
    median = STATISTIC["p50"](times, confidence) if times else Estimate(None)
    return ArmPlacements(
        arm=name,
        accepted=accepted,
        found=len(facts),
        places=dict(places),
        results=dict(sorted(results.items())),
        changes=dict(changes.most_common()),
        scores=(min(scores), max(scores)) if scores else None,
        without_tls=sum(one.hops_without_tls > 0 for one in facts),
        after_ms=median.value,
        resolution_ms=max((one.resolution_ms for one in facts), default=0),
        found_rate=wilson(min(len(facts), accepted), accepted, confidence),
        rates={place: wilson(places[place], len(facts), confidence) for place in PLACES},
        judged=judged,
        result_rates={method: wilson(results[f"{method}=pass"], judged, confidence) for method in METHODS},
        after_ms_ci=(median.low, median.high) if times else None,
    )
