"""A quick version of `python -m benchmarks coverage`: the same cells, fewer runs, with room for what fewer runs vary by."""

from __future__ import annotations

import pytest

from benchmarks.coverage import (
    Cell,
    arm_cells,
    decided_cells,
    edge_cells,
    failure_cells,
    ratio_cells,
    start_cells,
    sweep_cells,
)

QUICK = 150
ROOM = 0.05  # a bit over two standard errors of a share of 93 % in QUICK runs


@pytest.mark.parametrize("cells", [arm_cells, failure_cells, sweep_cells, start_cells])
def test_intervals_hold_the_truth(cells: object) -> None:
    assert callable(cells)
    for cell in cells(QUICK):
        assert isinstance(cell, Cell)
        if cell.asked and cell.given >= QUICK / 2:
            assert cell.share >= cell.asked[0] - ROOM, cell


@pytest.mark.parametrize("cells", [ratio_cells, edge_cells, decided_cells])
def test_ratios_claim_no_more_than_they_may(cells: object) -> None:
    assert callable(cells)
    for cell in cells(QUICK):
        assert isinstance(cell, Cell)
        if cell.asked is None:
            continue
        assert cell.asked[0] - ROOM <= cell.share <= cell.asked[1] + ROOM / 2, cell
