"""By how much each phase of a dialogue grew between two arms: the median over paired blocks, which no slow message moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from benchkit.model.durations import NS_PER_MS, phase_ns
from benchkit.model.phases import PHASE_STYLES
from benchkit.model.run import Run
from benchkit.model.summary import Estimate
from benchkit.stats.paired import median_interval


def phase_growth_ms(run: Run, condition: int, *, plain: int, delayed: int) -> Mapping[str, Estimate]:
    """From the arm `plain` to the arm `delayed`, of phases that either has. A block's number is the median of its messages."""
    before, after = (_by_block(run, condition, arm) for arm in (plain, delayed))
    found = {}
    for phase in sorted({*before, *after}):
        ours, theirs = after.get(phase, {}), before.get(phase, {})
        grown = np.array([ours.get(block, 0.0) - theirs.get(block, 0.0) for block in sorted({*ours, *theirs})])
        ends = median_interval(grown, run.manifest.confidence) or (None, None)
        found[phase] = Estimate(float(np.median(grown)), *ends)
    return found


def _by_block(run: Run, condition: int, arm: int) -> Mapping[str, Mapping[int, float]]:
    """Phase → block → the time of its median message in that phase, in ms, all stretches of it together."""
    messages, phases = run.messages, run.phases
    mine = np.flatnonzero(~messages["warmup"] & (messages["condition"] == condition) & (messages["arm"] == arm))
    block_of = dict(zip(messages["send"][mine].tolist(), messages["block"][mine].tolist(), strict=True))
    spent_ms = phase_ns(phases) / NS_PER_MS
    known = np.isin(phases["send"], list(block_of))
    found = {}
    for phase in PHASE_STYLES:
        of_phase = known & (phases["phase"] == phase)
        if of_phase.any():
            found[phase.label] = _medians(phases["send"][of_phase], spent_ms[of_phase], block_of)
    return found


def _medians(sends: Any, spent_ms: Any, block_of: Mapping[int, int]) -> Mapping[int, float]:
    numbers, message = np.unique(sends, return_inverse=True)
    totals, by_block = np.bincount(message, weights=spent_ms), dict[int, list[float]]()
    for send, total in zip(numbers.tolist(), totals.tolist(), strict=True):
        by_block.setdefault(block_of[send], []).append(total)
    return {block: float(np.median(values)) for block, values in by_block.items()}
