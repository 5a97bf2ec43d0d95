"""Each real server once a session, and the one run that goes through every way that it offers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from benchkit.experiment.parent.run_experiment import RunEnd
from tests.peers.api_ways import api_ways
from tests.peers.running import Asked, Sent, ask_for
from tests.peers.servers import START
from tests.peers.servers.peer import Peer, new_yard
from tests.peers.ways import ways

RUNS_AT_ONCE = 3


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
    with new_yard() as yard, START[name](yard) as peer:
        yield peer


@pytest.fixture
def yard() -> Iterator[Path]:
    """For a server of the test's own."""
    with new_yard() as folder:
        yield folder


@pytest.fixture(scope="session", params=START)
def peer(request: pytest.FixtureRequest, start_peer: Any) -> Peer:
    found: Peer = start_peer(request.param)
    return found


@pytest.fixture(scope="session", autouse=True)
def under_way(
    request: pytest.FixtureRequest, start_peer: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, tuple[Asked, Future[RunEnd]]]]:
    """The runs through all peers that this session asks for, behind its other tests: each mostly waits for its server."""
    runs = {}
    with ProcessPoolExecutor(RUNS_AT_ONCE, get_context("spawn")) as pool:
        for name in _named(request.session):
            with suppress(pytest.skip.Exception, pytest.fail.Exception):  # the test that is about it will say so
                peer = start_peer(name)
                some = api_ways(peer) if peer.http_versions else ways(peer)
                asked = ask_for(peer, some, tmp_path_factory.mktemp(name))
                runs[name] = asked, pool.submit(asked.conducted)
        yield runs


def _named(session: pytest.Session) -> Iterable[str]:
    """The peers that the collected tests of `sent` go through, in their order."""
    tests = [item for item in session.items if isinstance(item, pytest.Function) and "sent" in item.fixturenames]
    return dict.fromkeys(str(test.callspec.params["peer"]) for test in tests)


@pytest.fixture(scope="session")
def sent(peer: Peer, under_way: Mapping[str, tuple[Asked, Future[RunEnd]]]) -> Sent:
    asked, ended = under_way[peer.name]
    return asked.sent(ended.result())
