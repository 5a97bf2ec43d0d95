"""Where the time of an arm's messages goes on the mean: sums by phase, which are taken a batch at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from benchkit.model.durations import NS_PER_MS, phase_ns
from benchkit.model.phases import PHASE_STYLES
from benchkit.model.run import Run
from benchkit.model.trace import Phase
from benchkit.stats.rows_by_send import batches, positions, rows_by_send
from benchkit.stats.sample import Samples


def mean_phases_ms(run: Run, samples: Samples) -> Mapping[tuple[int, int], Mapping[str, float]]:
    """By (condition, arm): mean ms that an accepted message spent in each phase, zero where it had none of it.

    CLOSE is outside service time. A phase that no message had is left out.
    """
    sample_of, rows_of_sends = _sample_of_rows(run, samples), rows_by_send(run)
    shape = (len(samples) + 1, len(Phase))
    stretches, spent_ns = np.zeros(shape), np.zeros(shape)
    for phases in batches(run.phases, "send", "phase", "started_ns", "ended_ns"):
        rows = positions(phases["send"], rows_of_sends)
        known = rows >= 0
        slot = sample_of[rows[known]] * len(Phase) + phases["phase"][known]
        stretches += np.bincount(slot, minlength=stretches.size).reshape(shape)
        spent_ns += np.bincount(slot, phase_ns(phases)[known], stretches.size).reshape(shape)
    return {
        key: _means_ms(stretches[number], spent_ns[number], sample.started - sample.failed)
        for number, (key, sample) in enumerate(samples.items())
    }


def _sample_of_rows(run: Run, samples: Samples) -> Any:
    """Of each row of `run.messages` the number of the sample that it was accepted in, or the one after the last."""
    sample_of = np.full(len(run.messages["send"]), len(samples), dtype=np.int32)
    for number, sample in enumerate(samples.values()):
        sample_of[sample.index[sample.accepted]] = number
    return sample_of


def _means_ms(stretches: Any, spent_ns: Any, messages: int) -> Mapping[str, float]:
    return {phase.label: float(spent_ns[phase]) / messages / NS_PER_MS for phase in PHASE_STYLES if stretches[phase]}
