"""Consecutive blocks that resemble each other, and blocks far from the others: intervals are too narrow, so the run warns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchkit.model.notice import Code
from benchkit.report.content.notices import text
from benchkit.stats.analysis import analyse
from benchkit.stats.outlying_blocks import outlying_blocks
from benchkit.stats.stationarity import is_resemblance, resemblance
from benchmarks.coverage_cells import autoregressive
from tests.stats.varied import Factory, with_columns


def test_ranks_that_rise_resemble_each_other_and_those_that_alternate_do_not() -> None:
    rising = np.array([*range(19), np.inf])
    assert (resemblance(rising) or 0.0) > 0.8
    assert not is_resemblance(resemblance(np.tile([0.0, 1.0], 10)) or 0.0, 20, 1)
    assert resemblance(rising[:9]) is None


def test_equal_values_have_equal_ranks_whatever_their_order() -> None:
    assert resemblance(np.ones(20)) is None
    few = np.zeros(20)
    few[[3, 11]] = np.inf  # two failed blocks among equal ones
    assert not is_resemblance(resemblance(few) or 0.0, 20, 1)


def test_false_alarms_are_one_in_a_hundred() -> None:
    rng = np.random.default_rng(3)
    alarms = sum(is_resemblance(resemblance(rng.normal(size=30)) or 0.0, 30, 1) for _ in range(2000))
    assert alarms / 2000 <= 0.015


@pytest.mark.parametrize(("coefficient", "starts", "expected"), [(0.0, 1, False), (0.9, 1, True), (0.9, 4, False)])
def test_a_run_says_so(synthetic_run: Factory, coefficient: float, starts: int, expected: bool) -> None:
    run: Any = synthetic_run(times=(1.0, 1.3), blocks=60, block_noise=0.02, starts=starts)
    swing = np.exp(0.3 * autoregressive(np.random.default_rng(1), 80, coefficient))[run.messages["block"]]
    service_ns = run.messages["ended_ns"] - run.messages["started_ns"]
    longer = np.where(run.messages["arm"] == 1, swing, 1.0)
    changed = with_columns(run, ended_ns=run.messages["started_ns"] + (service_ns * longer).astype(np.int64))
    assert any(one.code is Code.RATIOS_RESEMBLE for one in analyse(changed).warnings) is expected


def _with_slower(run: Any, slower: Any) -> Any:
    """The run with arm 1's messages of each block (of the plan) slower by its factor."""
    service_ns = run.messages["ended_ns"] - run.messages["started_ns"]
    factor = np.where(run.messages["arm"] == 1, slower[run.messages["block"]], 1.0)
    return with_columns(run, ended_ns=run.messages["started_ns"] + (service_ns * factor).astype(np.int64))


@pytest.mark.parametrize(("coefficient", "starts", "unit"), [(0.0, 1, ""), (0.9, 1, "blocks"), (0.9, 4, "")])
def test_an_arm_whose_neighbouring_blocks_resemble_each_other_is_named(
    synthetic_run: Factory, coefficient: float, starts: int, unit: str
) -> None:
    """A small swing of 3 %, which is no change of level; four starts are too few to tell."""
    run = synthetic_run(times=(1.0, 1.3), blocks=80, block_noise=0.0, message_noise=0.02, drift=0.0, starts=starts)
    swing = np.exp(0.03 * autoregressive(np.random.default_rng(1), 90, coefficient))
    found = [one for one in analyse(_with_slower(run, swing)).warnings if one.code is Code.TIMES_RESEMBLE]
    assert [(one.subject, one.arguments["unit"]) for one in found] == ([("arm 1", unit)] if unit else [])


def test_rare_bad_blocks_are_named_with_their_places(synthetic_run: Factory) -> None:
    slower = np.ones(41)
    slower[[8, 30]] = 5.0
    changed = _with_slower(synthetic_run(blocks=40, drift=0.0), slower)
    (found,) = (one for one in analyse(changed).warnings if one.code is Code.BLOCKS_OUTLYING)
    assert found.subject == "arm 1"
    assert found.arguments["places"] == ("8", "30")
    assert "2 of 40 measured blocks (number 8, 30) are far from the others, up to " in text(found)


def test_a_start_far_from_the_others_is_named(synthetic_run: Factory) -> None:
    run = synthetic_run(blocks=36, drift=0.0, starts=6)
    changed = _with_slower(run, np.where(np.arange(42) // 7 == 3, 5.0, 1.0))
    (found,) = (one for one in analyse(changed).warnings if one.code is Code.BLOCKS_OUTLYING)
    assert (found.arguments["places"], found.arguments["unit"]) == (("4",), "starts")


@pytest.mark.parametrize(
    ("times_ms", "expected"),
    [
        ([1.0, 1.1, 0.9, 1.0, 5.0], None),  # too few to tell
        ([1.0, 1.01, 0.99, 1.02, 0.98, 1.0, 1.01, 5.0], [7]),
        ([1.0, 1.01, 0.99, 1.02, 0.98, 1.0, 1.01, 0.1], [7]),
        ([1.0] * 9 + [1.05], None),  # too little to matter
        ([1.0] * 9 + [1.5], [9]),
        ([1.0] * 9 + [np.inf], None),  # a failed block is said elsewhere
        ([1.0] * 5 + [5.0] * 4, None),  # a second group
    ],
)
def test_blocks_far_from_the_others(times_ms: list[float], expected: list[int] | None) -> None:
    found = outlying_blocks(np.array(times_ms), 1)
    assert (None if found is None else found.index.tolist()) == expected


@pytest.mark.parametrize(("blocks", "arms"), [(6, 1), (10, 1), (20, 5), (40, 1)])
def test_independent_blocks_seldom_look_like_outliers_or_like_each_other(blocks: int, arms: int) -> None:
    """At most 2 % of the runs are asked for; there is room for what 1,000 runs vary by."""
    rng, runs = np.random.default_rng(blocks), 1000 // arms
    alarms = 0
    for _ in range(runs):
        every = np.exp(0.2 * rng.normal(size=(arms, blocks)))
        alarms += any(
            outlying_blocks(one, arms) is not None or is_resemblance(resemblance(one) or 0.0, blocks, arms)
            for one in every
        )
    assert alarms / runs <= 0.04
