"""Runs → series: the same arm of the same scenario, condition and machine over time, with the changes of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from benchkit.model.history import ArmFacts, ArmSeries, AuditFacts, Consumption, History, RunFacts
from benchkit.model.outcome import NO_ANSWER, REFUSED, OutcomeKind
from benchkit.model.run import Run
from benchkit.stats.change_points import failure_changes, time_changes


def history_of(runs: Sequence[RunFacts], audits: Sequence[AuditFacts] = (), unreadable: Sequence[str] = ()) -> History:
    ordered = tuple(sorted(runs, key=lambda one: (one.created_utc, one.run)))
    found: dict[tuple[str, str, str, str, str], list[tuple[RunFacts, ArmFacts]]] = {}
    for run in ordered:
        for arm in run.arms if run.valid else ():
            key = (run.scenario, run.load, arm.arm, arm.condition, run.machine)
            found.setdefault(key, []).append((run, arm))
    series = tuple(_series(points) for points in found.values())
    return History(ordered, series, tuple(sorted(audits, key=lambda one: one.at_utc)), tuple(unreadable))


def _series(points: Sequence[tuple[RunFacts, ArmFacts]]) -> ArmSeries:
    """A run whose median is a failure, or not known, has no place among the times; its changes are those of the failures."""
    run, arm = points[0]
    timed = [(place, one.median_ms) for place, (_, one) in enumerate(points) if one.median_ms]
    times = time_changes([median for _, median in timed])
    return ArmSeries(
        scenario=run.scenario,
        arm=arm.arm,
        condition=arm.condition,
        load=run.load,
        machine=run.machine,
        runs=tuple(one.run for one, _ in points),
        created_utc=tuple(one.created_utc for one, _ in points),
        facts=tuple(facts for _, facts in points),
        time_changes=tuple(
            type(one)(timed[one.place][0], timed[one.found_at][0], one.before, one.after, one.p) for one in times
        ),
        failure_changes=tuple(
            failure_changes([facts.failed for _, facts in points], [facts.sent for _, facts in points])
        ),
    )


def consumption_of(run: Run, bounced: frozenset[int] | None = None) -> tuple[Consumption, ...]:
    """What was sent to benchkit's own servers, and to others; a `null` arm sends nothing. `bounced`: sends that came back."""
    arms, arm, outcome = run.manifest.arms, run.messages["arm"], run.messages["outcome"]
    found = []
    for own in (True, False):
        mine = np.isin(
            arm, [place for place, one in enumerate(arms) if one.embedded is own and one.transport != "null"]
        )
        ended = outcome[mine]
        if len(ended):
            found.append(
                Consumption(
                    own=own,
                    sent=len(ended),
                    accepted=int(np.count_nonzero(ended == OutcomeKind.ACCEPTED)),
                    refused=int(np.count_nonzero(np.isin(ended, REFUSED))),
                    failed=int(np.count_nonzero(np.isin(ended, NO_ANSWER))),
                    ambiguous=int(np.count_nonzero(ended == OutcomeKind.AMBIGUOUS)),
                    bounced=None if bounced is None else _count(run.messages["send"][mine], bounced),
                )
            )
    return tuple(found)


def _count(sends: Any, wanted: frozenset[int]) -> int:
    return int(np.count_nonzero(np.isin(sends, list(wanted))))
