"""A child process from its start to whatever ends it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from benchkit.experiment.parent.child_process import Child, ChildBroken
from benchkit.experiment.process.job import SinkJob


def by_somebody_else(child: Child) -> None:
    os.kill(child._process.pid, signal.SIGKILL)


@pytest.mark.parametrize(
    ("end", "why"),
    [(Child.kill, "was killed because it did not react"), (by_somebody_else, "ended by signal 9, SIGKILL")],
)
def test_what_ended_it_is_said(end: Callable[[Child], None], why: str, tmp_path: Path) -> None:
    async def live() -> None:
        child = await Child.start("benchkit.experiment.process.sink_process", tmp_path / "children.log")
        await child.give(SinkJob((), "5eed", str(tmp_path)))
        assert (await child.receive())["ports"] == []
        end(child)
        with pytest.raises(ChildBroken, match=why):
            await child.receive()
        child.kill()  # and once more does no harm
        await child.end()

    asyncio.run(live())


def test_one_that_never_had_a_job_ends_at_once_and_in_silence(tmp_path: Path) -> None:
    async def live() -> None:
        child = await Child.start("benchkit.experiment.process.sink_process", tmp_path / "children.log")
        await asyncio.wait_for(child.end(), 10)

    asyncio.run(live())
    assert (tmp_path / "children.log").read_text() == ""
