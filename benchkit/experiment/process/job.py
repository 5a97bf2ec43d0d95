"""The job of each child process, one pickle through a pipe: secrets are in it, so it is never on disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from benchkit.model.endpoint import Endpoint, ListenerConfig
from benchkit.model.message import Batch
from benchkit.model.scenario import Scenario
from benchkit.model.secret import SecretMask

SINK = "sink"  # the name of its process in the records of a start


def worker_name(worker: int) -> str:
    return f"worker {worker}"


@dataclass(frozen=True, slots=True)
class SinkJob:
    """For experiment/process/sink_process.py; the ledger goes into `folder`. `cores` is what it is bound to, if anything."""

    listeners: tuple[ListenerConfig, ...]
    run_token: str
    folder: str
    host: str = "127.0.0.1"
    condition: int = 0
    cores: tuple[int, ...] = ()

    @property
    def mask(self) -> SecretMask:
        """Hides secrets in all that this process writes."""
        return SecretMask(listener.password for listener in self.listeners)


@dataclass(frozen=True, slots=True)
class WorkerJob:
    """For experiment/worker/worker_process.py: the plan of a segment follows from the scenario and the size of the batch.

    `planned` are the sends of the whole run; `worker` is its number among the `load.workers` that share every cell.
    """

    scenario: Scenario
    batch: Batch
    endpoints: tuple[Endpoint, ...]
    run_token: str
    folder: str
    condition: int
    planned: int
    worker: int = 0
    start: int = 0
    cores: tuple[int, ...] = ()
    failovers: Mapping[int, Endpoint] = field(default_factory=dict)  # of the arms that have one
    of_arms: Mapping[int, Batch] = field(default_factory=dict)  # of the arms that do not send the batch itself

    @property
    def mask(self) -> SecretMask:
        """Hides secrets in all that this process writes and stores: those of every arm, since arms may share a server."""
        return SecretMask(endpoint.password.reveal() for endpoint in self.endpoints)
