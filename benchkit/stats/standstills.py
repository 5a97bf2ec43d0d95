"""Blocks in which a process of the measurement stood still, because the machine stopped or slept: they measure nothing.

A watchdog in each process notes when its timer was called late (`lags`). Beyond STOPPED_NS, and off the CPU, no message and no
library explains that. Every arm of such a block is left out, so that blocks stay paired.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from benchkit.model.durations import lag_ns
from benchkit.model.run import Run

STOPPED_NS = 1_000_000_000
MOST_COMPUTED = 0.5  # of the standstill: a loop that computed for that long was blocked by its own client
SLEPT_S = 0.5  # the clocks of a machine that did not sleep agree far better


@dataclass(frozen=True, slots=True)
class Standstill:
    condition: int
    blocks: tuple[int, ...]
    lasted_ns: int


def standstills(run: Run) -> tuple[Standstill, ...]:
    """In the order of recording; none where no cells were recorded to place them."""
    lags, cells = run.lags, run.cells
    if not len(lags.get("due_ns", ())) or not len(cells.get("block", ())):
        return ()
    lasted_ns = lag_ns(lags)
    stopped = np.flatnonzero((lasted_ns > STOPPED_NS) & (lags["cpu_ns"] < MOST_COMPUTED * lasted_ns))
    found = []
    for row in stopped.tolist():
        condition = int(lags["condition"][row])
        under = (
            (cells["condition"] == condition)
            & (cells["started_ns"] <= lags["called_ns"][row])
            & (cells["ended_ns"] >= lags["due_ns"][row])
        )
        blocks = tuple(sorted({int(block) for block in cells["block"][under]}))
        found.append(Standstill(condition, blocks, int(lasted_ns[row])))
    return tuple(found)


def stopped_blocks(run: Run) -> Mapping[int, frozenset[int]]:
    """The blocks to leave out, by condition."""
    blocks: dict[int, set[int]] = {}
    for one in standstills(run):
        blocks.setdefault(one.condition, set()).update(one.blocks)
    return {condition: frozenset(numbers) for condition, numbers in blocks.items()}
