"""Which blocks belong to which start, and which of them are warm-up: the plan and the analysis must have the same idea."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchkit.experiment.plan.schedule import cells
from benchkit.model.load import LoadSpec
from benchkit.model.notice import Code
from benchkit.model.run import Manifest
from benchkit.stats.analysis import analyse
from benchkit.stats.in_doubt import places_of
from benchkit.stats.starts import block_ranges, is_warmup, measured_number, start_of_block
from benchkit.testing.synthetic_run import synthesise
from tests.experiment.test_plan import loads, scenario


def manifest_of(load: LoadSpec) -> Manifest:
    return synthesise(
        blocks=load.blocks,
        warmup_blocks=load.warmup_blocks,
        messages_per_block=load.messages_per_block,
        starts=load.restarts,
    ).manifest


@given(loads, st.integers(0, 1))
def test_the_analysis_knows_the_plan(load: LoadSpec, condition: int) -> None:
    plan, manifest = scenario(load, 2), manifest_of(load)
    measured = 0
    for start in range(load.restarts):
        for cell in cells(plan, 5, condition, start):
            assert start_of_block(manifest, [cell.block])[0] == start
            assert is_warmup(manifest, [cell.block])[0] == cell.warmup
            assert [int(x[0]) for x in places_of(manifest, np.array([cell.first_send]))] == [condition, cell.block]
            if not cell.warmup:
                measured = max(measured, measured_number(manifest, cell.block))
    assert measured == load.blocks


@given(loads, st.integers(1, 30))
def test_what_was_still_to_be_sent_when_all_was_decided_is_the_plan_s_beginning(load: LoadSpec, decided: int) -> None:
    manifest = replace(manifest_of(load), decided=decided)
    blocks = [block for first, end in block_ranges(manifest) for block in range(first, end)]
    assert blocks == sorted(set(blocks))
    assert np.count_nonzero(~is_warmup(manifest, blocks)) == min(decided, load.blocks)
    assert block_ranges(replace(manifest, decided=None)) == [*pairwise(load.first_blocks)]
    assert not is_warmup(manifest, blocks[-1:]).any()


@pytest.mark.parametrize(("slower", "expected"), [(1.0, False), (1.05, False), (1.3, True)])
def test_a_warm_up_that_is_too_short_in_every_start_is_told(slower: float, expected: bool) -> None:
    run = synthesise(times=(1.0, 1.0), starts=6, blocks=30, drift=0.0)
    first = np.isin(run.messages["block"], [first + 1 for first, _ in block_ranges(run.manifest)])
    longer = ((run.messages["ended_ns"] - run.messages["started_ns"]) * (slower - 1) * first).astype(np.int64)
    summary = analyse(replace(run, messages={**run.messages, "ended_ns": run.messages["ended_ns"] + longer}))
    assert any(one.code is Code.SLOW_STARTS for one in summary.warnings) == expected


def test_several_starts_are_the_unit_of_a_contrast_and_blocks_are_not() -> None:
    """Starts that differ by 15 %: the interval of one long start is narrow, that of several is as wide as they differ."""
    one, several = (
        analyse(synthesise(times=(1.0, 1.0), starts=starts, start_noise=0.15, blocks=60, drift=0.0)).contrasts[0]
        for starts in (1, 6)
    )
    assert one.ci is not None
    assert several.ci is not None
    assert (one.starts, several.starts) == (1, 6)
    assert several.ci[1] / several.ci[0] > 2 * (one.ci[1] / one.ci[0]) - 1
    assert several.shift_ms.low is not None
    assert several.shift_ms.high is not None
    assert several.shift_ms.high - several.shift_ms.low > 0.3
