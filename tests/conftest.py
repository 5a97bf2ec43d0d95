"""Fixtures that several rooms' tests use."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from benchkit.model.run import Run
from benchkit.testing.synthetic_run import synthesise

settings.register_profile("shared machine", settings(), deadline=None)  # no verdict on time
settings.load_profile("shared machine")


@pytest.fixture(scope="session")
def synthetic_run() -> Callable[..., Run]:
    """`synthetic_run(times=(1.0, 2.9), load="talk", seed=7)`: see Recipe for what else it takes."""
    return synthesise


@pytest.fixture(scope="session")
def needs_lab(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Where this machine has no lab to give, the test says so and is left out."""
    from benchkit.experiment.parent.environment import lab_refusal

    refusal = asyncio.run(lab_refusal(tmp_path_factory.mktemp("lab") / "log"))
    if refusal:
        pytest.skip(refusal)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A measured time may be measured again, as `benchkit certify` does: other work can spoil it. No work spoils a count."""
    for item in items:
        if item.get_closest_marker("measures_time"):
            item.add_marker(pytest.mark.flaky(reruns=2))


@pytest.fixture(scope="session", autouse=True)
def nothing_leaves_this_machine() -> Iterator[None]:
    """Neither from the tests' process nor from a child of theirs that is Python."""
    from tests.loopback_only import sitecustomize  # loading it sets the guard

    guarded = os.pathsep.join(filter(None, (str(Path(sitecustomize.__file__).parent), os.environ.get("PYTHONPATH"))))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", guarded)
        yield


@pytest.fixture(scope="session", autouse=True)
def signals_at_the_start() -> dict[int, Any]:
    """Ctrl-C is heard, also where a shell has started the tests in the background with it ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    return {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}


@pytest.fixture(autouse=True)
def signals_are_given_back(signals_at_the_start: dict[int, Any]) -> Iterator[None]:
    """A run in the tests' own process ignores them at its end, and servers that are started later would inherit that.

    Before a test too, since the run may have been a fixture's.
    """
    _set(signals_at_the_start)
    yield
    _set(signals_at_the_start)


def _set(handlers: dict[int, Any]) -> None:
    for number, handler in handlers.items():
        signal.signal(number, handler)
