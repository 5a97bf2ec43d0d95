"""Where each arm's mail lies in the test mailboxes, and what each way did to it: counts of what was found there.

It is a verdict of content and authentication on test mailboxes. Where other receivers put the mail depends on reputation too.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import Run


@dataclass(frozen=True, slots=True)
class ArmPlacements:
    """`places`, `results`, `changes`: how many mails. `after_ms`: the median from accepted to delivered, `± resolution_ms`."""

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


def placements_by_arm(run: Run, rows: Sequence[Mapping[str, Any]]) -> tuple[ArmPlacements, ...]:
    accepted: Counter[int] = Counter()
    for arm, outcome in zip(run.messages["arm"].tolist(), run.messages["outcome"].tolist(), strict=True):
        accepted[arm] += outcome == OutcomeKind.ACCEPTED
    return tuple(
        _arm(record.name, accepted[number], [row for row in rows if row["arm"] == number])
        for number, record in enumerate(run.manifest.arms)
    )


def _arm(name: str, accepted: int, rows: Sequence[Mapping[str, Any]]) -> ArmPlacements:
    results = Counter(f"{method}={row[method]}" for row in rows for method in ("spf", "dkim", "dmarc") if row[method])
    changes = Counter(" ".join(change) for row in rows for change in json.loads(row["changes"]))
    scores = [float(row["score"]) for row in rows if row["score"]]
    times = [row["after_ms"] for row in rows if row["after_ms"] >= 0]
    return ArmPlacements(
        arm=name,
        accepted=accepted,
        found=len(rows),
        places=dict(Counter(row["place"] for row in rows)),
        results=dict(sorted(results.items())),
        changes=dict(changes.most_common()),
        scores=(min(scores), max(scores)) if scores else None,
        without_tls=sum(row["hops_without_tls"] > 0 for row in rows),
        after_ms=median(times) if times else None,
        resolution_ms=max((row["resolution_ms"] for row in rows), default=0),
    )
