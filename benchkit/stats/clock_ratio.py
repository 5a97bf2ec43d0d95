"""Whether the clocks of a run agree, and what its workers waited for: facts that a certificate needs of a stored run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchkit.model.durations import cell_ns, span_ns
from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import Run


def clock_ratio(run: Run) -> float | None:
    """Between the first acceptance and the last one: the worker's time ÷ that of the sink, a process of its own.

    None for fewer than two messages that arrived.
    """
    accepted = np.flatnonzero(run.messages["outcome"] == OutcomeKind.ACCEPTED)
    sends, place, _ = np.intersect1d(run.messages["send"][accepted], run.arrivals["send"], return_indices=True)
    if len(sends) < 2:
        return None
    ended_ns = run.messages["ended_ns"][accepted[place]]
    arrived_ns = run.arrivals["arrived_ns"][np.isin(run.arrivals["send"], sends)]
    return span_ns(ended_ns, ended_ns) / max(1, span_ns(arrived_ns, arrived_ns))


def queued_share(runs: Sequence[Run]) -> float:
    """Of the time of all measured cells: the worker was ready to run and had no core. 0 where the kernel does not tell."""
    queued = time = 0
    for run in runs:
        if len(run.cells.get("queued_ns", ())):
            known = np.asarray(run.cells["queued_ns"]) >= 0
            queued += int(run.cells["queued_ns"][known].sum())
            time += int(cell_ns(run.cells)[known].sum())
    return queued / time if time else 0.0
