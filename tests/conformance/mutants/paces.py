"""Wrong paces: schedules that differ between calls, arms or workers, and senders that are none or too many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from benchkit.experiment.paces import PACES
from benchkit.model.plan import PlanCell
from benchkit.testing.pace_suite import OFFSETS_NS, PaceCase, PaceSuite
from tests.conformance.mutants.mutant import Altered, Mutant

CALLS = count()
LISTED, SHARED = "test_times_are_those_that_the_plan_lists", "test_all_arms_share_the_schedule"
SENDERS = "test_at_least_one_sender_works_and_no_more_than_are_asked_for"


def times(change: Callable[[PlanCell, int], int | None]) -> dict[str, Any]:
    return {"offset_ns": change}


ROWS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("open", "test_the_same_cell_gives_the_same_times_in_any_order", "a time that depends on the call",
     times(lambda cell, i: cell.offsets_ns[i] + next(CALLS))),
    ("open", SHARED, "a schedule of its own for each arm", times(lambda cell, i: cell.offsets_ns[i] + cell.arm)),
    ("open", LISTED, "an even rate instead of the schedule", times(lambda cell, i: i * 1_000_000)),
    ("open", LISTED, "every send one place later", times(lambda cell, i: cell.offsets_ns[min(i + 1, cell.count - 1)])),
    ("open", "test_times_rise_and_none_is_before_the_start", "the last send first",
     times(lambda cell, i: cell.offsets_ns[cell.count - 1 - i])),
    ("open", "test_the_shares_of_several_workers_are_the_whole", "the whole schedule for every worker",
     times(lambda cell, i: OFFSETS_NS[i])),
    ("open", "test_either_every_send_has_a_time_or_none_has", "the first send whenever it likes",
     times(lambda cell, i: cell.offsets_ns[i] if i else None)),
    ("talk", "test_a_cell_without_a_schedule_has_none_where_the_pace_needs_none", "asks for a schedule in a closed loop",
     times(lambda cell, i: None if cell.offsets_ns else 0)),
    ("throughput", SENDERS, "a sender too many", {"senders": lambda concurrency: concurrency + 1}),
    ("talk", SENDERS, "no sender", {"senders": lambda concurrency: concurrency // 2}),
]  # fmt: skip


def mutants() -> Iterator[Mutant]:
    for name, test, fault, replaced in ROWS:
        yield Mutant(fault, PaceSuite, test, PaceCase(Altered(PACES[name], **replaced)), PaceCase(PACES[name]))
