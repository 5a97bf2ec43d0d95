"""Each real server once a session, and the one run that goes through every way that it offers."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from benchkit.batch import compose
from benchkit.cli.names import known_names
from benchkit.experiment.conduct import Ended, conduct
from benchkit.model.message import Batch
from benchkit.model.run import Run
from benchkit.model.scenario import Secret
from benchkit.scenario import load
from benchkit.store import load_run
from tests.peers.scenario_text import scenario_text
from tests.peers.servers import START
from tests.peers.servers.peer import Peer
from tests.peers.ways import Way, ways


@dataclass(frozen=True, slots=True)
class Sent:
    """One run through a peer, as it was asked for and as it was recorded."""

    peer: Peer
    ways: tuple[Way, ...]
    batch: Batch
    ended: Ended
    run: Run


@pytest.fixture(scope="session")
def start_peer(request: pytest.FixtureRequest) -> Any:
    """`start_peer("postfix")`: started when first asked for, ended with the session."""
    started: dict[str, Peer] = {}

    def start(name: str) -> Peer:
        if name not in started:
            context = _standing(name)
            started[name] = next(context)
            request.addfinalizer(lambda: next(context, None))
        return started[name]

    return start


def _standing(name: str) -> Iterator[Peer]:
    # Not pytest's own folder: servers that change to a user of their own could not look into it.
    with tempfile.TemporaryDirectory(prefix="benchkit-peer-", ignore_cleanup_errors=True) as folder:
        yard = Path(folder)
        yard.chmod(0o755)
        with START[name](yard) as peer:
            yield peer


@pytest.fixture(scope="session", params=START)
def peer(request: pytest.FixtureRequest, start_peer: Any) -> Peer:
    found: Peer = start_peer(request.param)
    return found


@pytest.fixture(scope="session")
def sent(peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Sent:
    return send_through(peer, ways(peer), tmp_path_factory.mktemp(peer.name))


def send_through(peer: Peer, some: Iterable[Way], folder: Path) -> Sent:
    """A run with an arm for each way."""
    arms = tuple(some)
    path = folder / "scenario.toml"
    path.write_text(scenario_text(peer, arms), "utf-8")
    scenario = load(path, known_names(), ())
    batch = compose(scenario.message)
    passwords = {number: Secret(peer.password) for number, way in enumerate(arms) if way.auth}
    ended = conduct(scenario, batch, passwords, folder / "results", lambda sent, planned: None)
    return Sent(peer, arms, batch, ended, load_run(ended.folder))
