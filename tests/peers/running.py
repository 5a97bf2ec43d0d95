"""Whole runs through a peer: an arm for each way, as `benchkit run` conducts them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchkit.batch import compose
from benchkit.cli.names import known_names
from benchkit.experiment.parent.run_experiment import RunEnd, run_experiment
from benchkit.model.message import Batch
from benchkit.model.run import Run
from benchkit.model.scenario import Scenario
from benchkit.model.secret import Secret
from benchkit.scenario import load
from benchkit.store import load_run
from tests.peers.api_ways import ApiWay
from tests.peers.scenario_text import scenario_text
from tests.peers.servers.peer import Peer
from tests.peers.ways import Way


@dataclass(frozen=True, slots=True)
class Sent:
    """One run through a peer, as it was asked for and as it was recorded."""

    peer: Peer
    ways: tuple[Way | ApiWay, ...]
    scenario: Scenario
    batch: Batch
    ended: RunEnd
    run: Run


@dataclass(frozen=True, slots=True)
class Asked:
    """A run that is asked for; `conducted` may happen in another process, `sent` happens here."""

    peer: Peer
    ways: tuple[Way | ApiWay, ...]
    folder: Path

    def conducted(self) -> RunEnd:
        scenario = self._scenario()
        return run_experiment(
            scenario, compose(scenario.message), self._passwords(), self.folder / "results", _in_silence
        )

    def sent(self, ended: RunEnd) -> Sent:
        scenario = self._scenario()
        return Sent(self.peer, self.ways, scenario, compose(scenario.message), ended, load_run(ended.folder))

    def _scenario(self) -> Scenario:
        return load(self.folder / "scenario.toml", known_names(), ())

    def _passwords(self) -> Mapping[int, Secret]:
        secrets = ((number, way.secret(self.peer)) for number, way in enumerate(self.ways))
        return {number: Secret(secret) for number, secret in secrets if secret}


def ask_for(peer: Peer, some: Iterable[Way | ApiWay], folder: Path) -> Asked:
    """Writes the scenario that has an arm for each way."""
    arms = tuple(some)
    (folder / "scenario.toml").write_text(scenario_text(peer, arms), "utf-8")
    return Asked(peer, arms, folder)


def _in_silence(_sent: int, _planned: int) -> None: ...
