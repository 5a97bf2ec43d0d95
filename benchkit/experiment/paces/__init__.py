"""When sends may start: a pure function of the cell and the send's number in it."""

from __future__ import annotations

from benchkit.model.contracts import Pace
from benchkit.model.registry import Registry

PACES: Registry[Pace] = Registry(
    "pace",
    "benchkit.experiment.paces",
    "PACE",
    {"talk": "closed_loop", "throughput": "closed_loop", "open": "open"},
)
