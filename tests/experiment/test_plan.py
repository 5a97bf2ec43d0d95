"""The plan: complete, randomised, gap-free, and the same for worker and parent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from benchkit.experiment.plan.schedule import arm_order, cells, planned_rows, schedule, total_sends
from benchkit.model.load import Arrivals, LoadModel, LoadSpec
from benchkit.model.message import Address
from benchkit.model.plan import PlanCell
from benchkit.model.scenario import ArmSpec, ConnectionPolicy, MessageSpec, NetworkSpec, Scenario, Security, VerdictSpec

loads = st.builds(
    LoadSpec,
    model=st.sampled_from(LoadModel),
    blocks=st.integers(3, 8),
    messages_per_block=st.integers(1, 9),
    warmup_blocks=st.integers(0, 3),
    concurrency=st.just(1),
    rate_per_s=st.floats(0.5, 5000),
    arrivals=st.sampled_from(Arrivals),
    seed=st.integers(0, 2**32),
    restarts=st.integers(1, 3),
)


def some_load(model: LoadModel = LoadModel.TALK) -> LoadSpec:
    return LoadSpec(model, 6, 7, 1, 6, 0.0, Arrivals.POISSON, 3)


def scenario(load: LoadSpec, arms: int) -> Scenario:
    ways = tuple(ArmSpec(f"arm {i}", "null", "null", ConnectionPolicy(0), Security.NONE) for i in range(arms))
    message = MessageSpec(Address("", "a@b.example"), 1, 1)
    return Scenario("s", "", Path("s.toml"), "", message, load, NetworkSpec(), ways, VerdictSpec())


@given(loads, st.integers(1, 6), st.integers(1, 12), st.sampled_from([(), (0.0,), (1.0, 10.0, 40.0)]))
def test_sends_are_numbered_through_all_conditions_without_a_gap(
    load: LoadSpec, arms: int, batch: int, rtts_ms: tuple[float, ...]
) -> None:
    plan = replace(scenario(load, arms), network=NetworkSpec(rtt_ms=rtts_ms))
    rows = list(planned_rows(plan, batch))
    assert sorted(row.send for row in rows) == list(range(total_sends(plan)))
    assert {row.condition for row in rows} == set(range(max(1, len(rtts_ms))))


@given(loads, st.integers(1, 6), st.integers(1, 12), st.integers(0, 2))
def test_every_block_holds_every_arm_once(load: LoadSpec, arms: int, batch: int, condition: int) -> None:
    plan = scenario(load, arms)
    planned = [cell for start in range(load.restarts) for cell in cells(plan, batch, condition, start)]
    assert [cell.block for cell in planned] == [block for block in range(load.all_blocks) for _ in range(arms)]
    warmup = {first + i for first in load.first_blocks[:-1] for i in range(load.warmup_blocks)}
    for block in range(load.all_blocks):
        of_block = [cell for cell in planned if cell.block == block]
        assert sorted(cell.arm for cell in of_block) == list(range(arms))
        assert {cell.warmup for cell in of_block} == {block in warmup}
        messages = {tuple(cell.message_of(i) for i in range(cell.count)) for cell in of_block}
        assert len(messages) == 1, "all arms of a block send the same messages"
        assert len({cell.offsets_ns for cell in of_block}) == 1, "on one schedule"


@given(loads, st.integers(1, 12), st.integers(1, 12))
def test_the_workers_shares_are_the_cell(load: LoadSpec, batch: int, workers: int) -> None:
    (cell, *_) = cells(scenario(load, 1), batch, 0, 0)
    shares = [cell.share(worker, workers) for worker in range(workers)]
    assert sorted(row for share in shares for row in rows_of(share)) == rows_of(cell)
    counts = [share.count for share in shares]
    assert max(counts) - min(counts) <= 1


def rows_of(cell: PlanCell) -> list[tuple[int, int, int]]:
    offsets_ns = cell.offsets_ns or (0,) * cell.count
    return [(cell.send_of(i), cell.message_of(i), offsets_ns[i]) for i in range(cell.count)]


@given(loads, st.integers(1, 6), st.integers(1, 12))
def test_it_is_a_pure_function(load: LoadSpec, arms: int, batch: int) -> None:
    assert list(planned_rows(scenario(load, arms), batch)) == list(planned_rows(scenario(load, arms), batch))


@given(loads)
def test_a_schedule_ascends_and_a_closed_loop_has_none(load: LoadSpec) -> None:
    offsets = schedule(load, 0)
    assert list(offsets) == sorted(offsets)
    assert len(offsets) == (load.messages_per_block if load.model is LoadModel.OPEN else 0)


def test_orders_are_drawn_evenly() -> None:
    """Each arm stands first in about a third of 3,000 blocks of three arms."""
    firsts = [arm_order(3, seed=1, block=block)[0] for block in range(3000)]
    assert all(900 < firsts.count(arm) < 1100 for arm in range(3))


def test_the_poisson_schedule_has_the_rate_that_was_asked_for() -> None:
    load = LoadSpec(LoadModel.OPEN, 1, 20_000, 0, 1, 250.0, Arrivals.POISSON, 3)
    assert 79 < schedule(load, 0)[-1] / 1e9 < 81
