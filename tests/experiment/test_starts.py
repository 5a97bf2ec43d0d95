"""Several starts of the processes within one run: what each sends, where it runs, and how the run ends in a later one."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from benchkit.experiment.parent.body_parser import open_run
from benchkit.experiment.parent.stopping import Stopping, signals_given_back
from benchkit.experiment.plan.cores import cores_of
from benchkit.model.load import LoadModel
from benchkit.model.scenario import NetworkSpec, Scenario
from benchkit.stats.starts import start_of_block
from tests.experiment.conftest import LIMIT_S, wait_for
from tests.experiment.test_plan import scenario as planned_scenario
from tests.experiment.test_plan import some_load

Text = Any
LOAD = "blocks = 5\nmessages_per_block = 3\nwarmup_blocks = 1\nrestarts = 2"
PER_BLOCK = 80
LONG = f"blocks = 60\nmessages_per_block = {PER_BLOCK}\nwarmup_blocks = 1\nrestarts = 6"
PLANNED = (60 + 6) * PER_BLOCK


def test_each_start_sends_its_share_over_connections_of_its_own(program: Any, text: Text) -> None:
    program.write(text("smtp", "api", load=LOAD))
    code, summary = program.summary()
    assert code == 0, summary["invalid_because"]
    assert summary["account"]["planned"] == summary["account"]["arrived_once"] == (5 + 2) * 3 * 2
    assert [contrast["starts"] for contrast in summary["contrasts"]] == [2]
    run = open_run(program.runs[0])
    starts = start_of_block(run.manifest, run.messages["block"])
    for arm in range(2):
        mine = run.messages["arm"] == arm
        pairs = {*zip(starts[mine].tolist(), run.messages["connection"][mine].tolist(), strict=True)}
        assert len(pairs) == len({connection for _, connection in pairs}) == 2
        measured = np.bincount(starts[mine & ~run.messages["warmup"]])
        assert measured.tolist() == [2 * 3, 3 * 3]

    _check_records(json.loads((program.runs[0] / "run.json").read_text("utf-8"))["starts"])


def _check_records(starts: list[dict[str, Any]]) -> None:
    """When each start was, and where its processes ran."""
    assert [start["start"] for start in starts] == [0, 1]
    assert starts[0]["started_ns"] < starts[1]["started_ns"]
    for start in starts:
        assert start["ran_on"].keys() == {"sink", "worker 0"}
        if all(start["pinned"].values()):  # where the cores were idle
            assert start["pinned"] == start["ran_on"]
            assert start["pinned"]["sink"] != start["pinned"]["worker 0"]


@pytest.mark.parametrize("how", ["interrupt", "interrupt while starting", "worker", "parent"])
def test_however_a_later_start_ends_the_account_closes(how: str, program: Any, text: Text) -> None:
    program.write(text("smtp", load=LONG))
    process = program.start("run", "scenario.toml", "--json")
    try:
        wait_for(lambda: _starts(program) >= 2)
        if how != "interrupt while starting":
            wait_for(lambda: _child(process, "worker_process") and _sends_of_second_start(program))
        _end(process, how)
        _, err = process.communicate(timeout=LIMIT_S)
    finally:
        process.kill()
        process.communicate()
    _wait_for_orphans(program)
    expected = {"interrupt": 130, "interrupt while starting": 130, "parent": -signal.SIGKILL}.get(how, 5)
    assert process.returncode == expected, err
    assert "Traceback" not in err
    account = json.loads(program.run("report", str(program.runs[0]), "--json").stdout)["account"]
    assert account["planned"] == PLANNED
    assert account["planned"] == sum(account[part] for part in ("accepted", "failed", "in_doubt", "unsent"))
    assert account["accepted"] >= 11 * PER_BLOCK, "the whole first start"
    assert account["duplicates"] == account["altered"] == 0
    if how.startswith("interrupt"):
        assert account["arrived_once"] == account["accepted"]
        assert account["unsent"] > 0


def _starts(program: Any) -> int:
    return sum(len(json.loads((run / "run.json").read_text("utf-8"))["starts"]) for run in program.runs)


def _sends_of_second_start(program: Any) -> bool:
    (run,) = program.runs
    return bool(np.count_nonzero(np.fromfile(run / "started.bin", np.uint16)) > (11 + 2) * PER_BLOCK)


def _child(process: subprocess.Popen[str], module: str) -> psutil.Process | None:
    children = psutil.Process(process.pid).children()
    return next((child for child in children if module in " ".join(child.cmdline())), None)


def _end(process: subprocess.Popen[str], how: str) -> None:
    if how.startswith("interrupt"):
        process.send_signal(signal.SIGINT)
    elif how == "parent":
        process.kill()
    else:
        child = _child(process, f"{how}_process")
        assert child is not None
        child.kill()


def _wait_for_orphans(program: Any) -> None:
    """Children of a dead parent wind up by themselves; their spools grow until then."""
    spools = [*program.runs[0].glob("*.arrow")]
    wait_for(lambda: not any(_writes_to(path) for path in spools))


def _writes_to(path: Path) -> bool:
    name = str(path)
    return any(name == file.path for process in psutil.process_iter() for file in _open_files(process))


def _open_files(process: psutil.Process) -> list[Any]:
    try:
        return process.open_files() if "benchkit" in " ".join(process.cmdline()) else []
    except psutil.Error:
        return []


class Workers:
    def __init__(self) -> None:
        self.asked = 0

    async def ask_to_stop(self) -> None:
        self.asked += 1


def test_workers_that_stand_only_after_the_signal_are_told_too() -> None:
    async def scene() -> tuple[int, int]:
        said: list[str] = []
        stopping, first, later = Stopping(lambda: said.append("draining")), Workers(), Workers()
        with stopping.reaches(first):
            pass
        stopping._ask()
        with stopping.reaches(later):
            await stopping.settled()
        assert said == ["draining"]
        return first.asked, later.asked

    with signals_given_back():
        assert asyncio.run(scene()) == (0, 1)


def embedded(workers: int, restarts: int, rtt_ms: tuple[float, ...] = ()) -> Scenario:
    load = replace(some_load(LoadModel.THROUGHPUT), workers=workers, restarts=restarts, blocks=restarts)
    plan = planned_scenario(load, 2)
    arms = tuple(replace(arm, transport="smtp", client="wire") for arm in plan.arms)
    return replace(plan, arms=arms, network=NetworkSpec(rtt_ms=rtt_ms))


@pytest.mark.parametrize(
    ("workers", "rtt_ms", "available", "bound"),
    [
        (1, (), (0, 1), True),
        (1, (), (3,), False),
        (1, (), (), False),
        (1, (10.0,), (0, 1), False),  # the link needs one too
        (1, (10.0,), (0, 1, 2), True),
        (3, (), (0, 2, 4, 6), True),
        (4, (), (0, 2, 4, 6), False),
    ],
)
def test_each_process_has_a_core_of_its_own_or_none_is_bound(
    workers: int, rtt_ms: tuple[float, ...], available: tuple[int, ...], bound: bool
) -> None:
    plan = embedded(workers, 12, rtt_ms)
    found = [cores_of(plan, available, 0, start) for start in range(12)]
    assert all(bool(cores) == bound for cores in found)
    for cores in found:
        assert len({*cores.values()}) == len(cores)
        assert all(len(one) == 1 and one[0] in available for one in cores.values())
    if bound and 12 % len(available) == 0:
        meets = [cores["sink"][0] for cores in found]
        assert {meets.count(core) for core in available} == {12 // len(available)}, "every core equally often"
