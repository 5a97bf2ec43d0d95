"""benchkit's own cost, measured in every run: the null client through the whole path, and the clock itself (method.md §3)."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter_ns

from benchkit.experiment.paces import PACES
from benchkit.experiment.process.job import WorkerJob
from benchkit.experiment.worker.engine import ArmAtWork, Engine
from benchkit.experiment.worker.virtual_sender import VirtualSender
from benchkit.model.clock import MonotonicClock
from benchkit.model.plan import PlanCell
from benchkit.model.scenario import ConnectionPolicy
from benchkit.store import Recorder
from benchkit.transports import TRANSPORTS

_ROUNDS = 9
_SENDS = 300


async def own_cost_us(job: WorkerJob) -> dict[str, float]:
    """Median µs: `per_message` of scheduling, stamping and recording one send; `clock` of one reading."""
    null = TRANSPORTS["null_null"](job.endpoints[0])
    arm = ArmAtWork((VirtualSender(null, ConnectionPolicy(0), iter(range(2))),), (None,))
    cell = PlanCell(block=0, warmup=True, condition=0, arm=0, first_send=0, count=_SENDS, first_message=0, batch_size=1)
    with tempfile.TemporaryDirectory(dir=job.folder) as folder:
        recorder = Recorder(Path(folder), MonotonicClock(), planned=_ROUNDS * _SENDS)
    # From here on the recorder's files have no names: a kill of this process now leaves nothing behind.
    engine = Engine((arm,), PACES["talk"], job.run_token, recorder)
    rounds = []
    for number in range(_ROUNDS):
        started_ns = perf_counter_ns()
        await engine.walk([replace(cell, first_send=number * _SENDS)])
        rounds.append((perf_counter_ns() - started_ns) / _SENDS / 1000)
    recorder.close()
    return {"per_message": round(median(rounds), 3), "clock": round(_clock_us(), 4)}


def _clock_us() -> float:
    readings = [perf_counter_ns() for _ in range(1001)]
    return median(b - a for a, b in pairwise(readings)) / 1000
