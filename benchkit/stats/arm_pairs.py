"""The content and authentication verdict: the same message of the batch, as it arrived from two arms, in every pair.

`events/path_verdict.py` compares one pair; here are the pairs of a run, and what they have in common.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from benchkit.events.changes import Change, ChangeKind
from benchkit.events.path_verdict import PathDifference, path_differences
from benchkit.events.placement import Placement
from benchkit.events.spam_headers import SpamVerdict
from benchkit.model.deliverability import ArmPair, PairDifference
from benchkit.model.run import Run
from benchkit.stats.placements import METHODS
from benchkit.stats.proportion import wilson
from benchkit.stats.rows_by_send import positions, rows_by_send

MOST_DIFFERENCES = 40
Message = tuple[int, int, int]  # condition, block, message of the batch


def arm_pairs(run: Run) -> tuple[ArmPair, ...]:
    """Each arm against the baseline; a copy of an arm (A/A) against its original. Both mails were found."""
    found, arms = _by_message(run), run.manifest.arms
    base = next((number for number, arm in enumerate(arms) if arm.baseline), 0)
    return tuple(
        _pair(arms[first].name, arms[second].name, list(_pairs(found[first], found[second])), run.manifest.confidence)
        for second, arm in enumerate(arms)
        if (first := arm.aa_of if arm.aa_of >= 0 else base) != second
    )


def _by_message(run: Run) -> Mapping[int, Mapping[Message, list[Placement]]]:
    """By arm; a message with several recipients has several mails, in the order of the table."""
    found: dict[int, dict[Message, list[Placement]]] = defaultdict(lambda: defaultdict(list))
    rows = positions(run.placements["send"], rows_by_send(run)).tolist()
    places = {name: run.messages[name] for name in ("condition", "block", "message")}
    names = ("arm", "place", "spf", "dkim", "dmarc", "score", "symbols", "return_path", "changes")
    for row, values in zip(rows, zip(*(run.placements[name].tolist() for name in names), strict=True), strict=True):
        if row >= 0:
            condition, block, message = (int(column[row]) for column in places.values())
            stored = dict(zip(names, values, strict=True))
            found[stored["arm"]][condition, block, message].append(placement_of(stored))
    return found


def placement_of(stored: Mapping[str, Any]) -> Placement:
    """From a row of the table `placements`, as far as two mails are compared."""
    return Placement(
        identity="",
        folder="",
        place=stored["place"],
        arrived_ms=0,
        resolution_ms=0,
        results={method: stored[method] for method in METHODS if stored[method]},
        spam=SpamVerdict(
            score=float(stored["score"]) if stored["score"] else None, symbols=json.loads(stored["symbols"])
        ),
        path=(),
        return_path=stored["return_path"],
        changes=tuple(Change(ChangeKind(kind), subject) for kind, subject in json.loads(stored["changes"])),
    )


def _pairs(
    first: Mapping[Message, list[Placement]], second: Mapping[Message, list[Placement]]
) -> Iterator[tuple[PathDifference, ...]]:
    for message in first:
        for one, other in zip(first[message], second.get(message, ()), strict=False):
            yield path_differences(one, other)


def _pair(first: str, second: str, found: list[tuple[PathDifference, ...]], confidence: float) -> ArmPair:
    identical = sum(not differences for differences in found)
    return ArmPair(
        first, second, len(found), identical, wilson(identical, len(found), confidence), tuple(_counted(found))
    )


def _counted(found: Iterable[Iterable[PathDifference]]) -> Iterator[PairDifference]:
    """The same thing with the same cause is one; the most frequent first, and the values that most pairs have."""
    values: dict[tuple[str, str], Counter[tuple[str, str]]] = defaultdict(Counter)
    for difference in (one for differences in found for one in differences):
        values[difference.what, difference.cause][difference.first, difference.second] += 1
    ordered = sorted(values, key=lambda key: -values[key].total())
    for what, cause in ordered[:MOST_DIFFERENCES]:
        (first, second), _ = values[what, cause].most_common(1)[0]
        yield PairDifference(what, first, second, cause, values[what, cause].total())
