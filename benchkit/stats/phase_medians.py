"""Where the time of a typical message goes: medians by phase, which one slow message does not move."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from benchkit.model.durations import NS_PER_MS, phase_ns
from benchkit.model.phases import PHASE_STYLES
from benchkit.model.run import Run


def median_phases_ms(run: Run, condition: int, arm: int) -> Mapping[str, float]:
    """Median over the measured messages of an arm of the time that each spent in a phase, all stretches of it together."""
    messages, phases = run.messages, run.phases
    mine = ~messages["warmup"] & (messages["condition"] == condition) & (messages["arm"] == arm)
    sends, found = messages["send"][mine], {}
    spent_ms = phase_ns(phases) / NS_PER_MS
    for phase in PHASE_STYLES:
        of_phase = (phases["phase"] == phase) & np.isin(phases["send"], sends)
        if of_phase.any():
            _, message = np.unique(phases["send"][of_phase], return_inverse=True)
            found[phase.label] = float(np.median(np.bincount(message, weights=spent_ms[of_phase])))
    return found
