"""Which blocks belong to which start, and which of them are warm-up: the plan and the analysis must have the same idea."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from benchkit.experiment.plan.schedule import cells
from benchkit.model.load import LoadSpec
from benchkit.model.run import Manifest
from benchkit.stats.in_doubt import places_of
from benchkit.stats.starts import is_warmup, measured_number, start_of_block
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
