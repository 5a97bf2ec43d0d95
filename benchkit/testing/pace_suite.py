"""What every pace must guarantee: it is a pure function of the cell and follows the plan's schedule, shared by all arms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import ClassVar

from benchkit.model.contracts import Pace
from benchkit.model.plan import PlanCell
from benchkit.testing.suite import Suite

OFFSETS_NS = tuple(i * i * 1_000_003 for i in range(24))  # uneven, and no two gaps alike
CELL = PlanCell(
    block=3, warmup=False, condition=0, arm=1, first_send=72, count=24, first_message=2, batch_size=5,
    offsets_ns=OFFSETS_NS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PaceCase:
    pace: Pace

    @property
    def label(self) -> str:
        return self.pace.name

    def offsets(self, cell: PlanCell) -> list[int | None]:
        return [self.pace.offset_ns(cell, i) for i in range(cell.count)]


class PaceSuite(Suite):
    """Set `cases` to one PaceCase for each pace."""

    cases: ClassVar[Sequence[PaceCase]] = ()

    def test_it_has_a_name(self, case: PaceCase) -> None:
        assert case.pace.name.isidentifier()

    def test_at_least_one_sender_works_and_no_more_than_are_asked_for(self, case: PaceCase) -> None:
        for concurrency in (1, 2, 50):
            assert 1 <= case.pace.senders(concurrency) <= concurrency

    def test_the_same_cell_gives_the_same_times_in_any_order(self, case: PaceCase) -> None:
        first = case.offsets(CELL)
        backwards = [case.pace.offset_ns(CELL, i) for i in reversed(range(CELL.count))]
        assert first == case.offsets(CELL) == backwards[::-1]

    def test_either_every_send_has_a_time_or_none_has(self, case: PaceCase) -> None:
        assert len({offset is None for offset in case.offsets(CELL)}) == 1

    def test_times_rise_and_none_is_before_the_start(self, case: PaceCase) -> None:
        offsets = [offset for offset in case.offsets(CELL) if offset is not None]
        assert all(isinstance(offset, int) and offset >= 0 for offset in offsets)
        assert all(earlier <= later for earlier, later in pairwise(offsets))

    def test_times_are_those_that_the_plan_lists(self, case: PaceCase) -> None:
        """Latency counts from the intended time: what is listed before the run is what the sends wait for."""
        assert case.offsets(CELL) in ([None] * CELL.count, list(OFFSETS_NS))

    def test_all_arms_share_the_schedule(self, case: PaceCase) -> None:
        for arm in range(4):
            assert case.offsets(replace(CELL, arm=arm, first_send=24 * arm)) == case.offsets(CELL)

    def test_the_shares_of_several_workers_are_the_whole(self, case: PaceCase) -> None:
        for workers in (2, 3, 5):
            whole = case.offsets(CELL)
            for worker in range(workers):
                assert case.offsets(CELL.share(worker, workers)) == whole[worker::workers]

    def test_a_cell_without_a_schedule_has_none_where_the_pace_needs_none(self, case: PaceCase) -> None:
        """A closed loop's cells have no offsets."""
        if case.offsets(CELL)[0] is None:
            assert case.offsets(replace(CELL, offsets_ns=())) == [None] * CELL.count
