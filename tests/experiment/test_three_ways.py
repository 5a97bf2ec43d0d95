"""The same run in three ways: by root, by a user who has nothing, and where no lab can be had. None of them leaves anything."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from uuid import uuid4

import psutil
import pytest

from benchkit.experiment.parent.body_parser import open_run
from benchkit.model.run import RunStatus
from tests.experiment import nobody
from tests.experiment.conftest import LIMIT_S, Program, wait_for

Text = Callable[..., str]
BECOMING: dict[str, Callable[..., tuple[str, ...]]] = {
    "root": lambda *command: command,
    "nobody": nobody.as_nobody,
    "nobody, refused": partial(nobody.as_nobody, no_namespaces=True),
}
ARMS = ("smtp", "smtp fresh", "api")
LINK = "[network]\nrtt_ms = 40\n"
VICTIMS = ("link_process", "experiment.worker.worker_process", "experiment.process.sink_process", "parent")


@pytest.fixture(scope="module", autouse=True)
def needs_nobody() -> None:
    if lacking := nobody.why_not():
        pytest.skip(lacking)


@pytest.fixture
def leaves_nothing(request: pytest.FixtureRequest) -> Iterator[Program]:
    """A program that runs as the test's `way` in a home of its own; when the test is over, only runs may be left."""
    mark = uuid4().hex
    before = machine()
    with tempfile.TemporaryDirectory() as home:
        temporary = Path(home, "tmp")
        temporary.mkdir()
        if request.getfixturevalue("way") != "root":
            for path in (home, temporary):
                os.chown(path, nobody.UID, nobody.UID)
        become = BECOMING[request.getfixturevalue("way")]
        program = Program(Path(home), become, HOME=home, TMPDIR=str(temporary), BENCHKIT_TEST=mark)
        yield program
        assert {path.stat().st_uid for path in program.runs} == {Path(home).stat().st_uid}
        assert processes(mark) == []
        assert {path.name for path in Path(home).iterdir()} == {"tmp", "results", "scenario.toml"}
        assert list(temporary.iterdir()) == []
        assert all(path.is_file() for path in Path(home).glob("results/*/*"))
    assert machine() == before


def machine() -> tuple[list[str], list[str], list[str]]:
    """What `ip link` and `ip netns` would list, and the namespaces that a mount holds."""
    devices, mounts = (Path("/proc/self", name).read_text("ascii").splitlines() for name in ("net/dev", "mountinfo"))
    named = [path.name for path in Path("/run/netns").glob("*")]
    return [line.split(":")[0] for line in devices[2:]], named, [line for line in mounts if "nsfs" in line]


def processes(mark: str) -> list[str]:
    """Every living process that has this mark in its environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("BENCHKIT_TEST") == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found


def namespaces(pids: Iterator[str]) -> set[str]:
    """Those that processes are in or hold a descriptor of."""
    found = set()
    for pid in pids:
        try:
            links = [*Path("/proc", pid, "ns").iterdir(), *Path("/proc", pid, "fd").iterdir()]
        except OSError:
            continue
        for link in links:
            try:
                target = os.readlink(link)
            except OSError:
                continue
            if target.startswith(("net:[", "user:[", "mnt:[")):
                found.add(target)
    return found


@pytest.mark.parametrize(
    ("way", "name", "lab", "expected"),
    [
        ("root", "40 ms link", True, ""),
        ("nobody", "40 ms link", True, ""),
        ("nobody, refused", "loopback", False, "sysctl user.max_user_namespaces"),
    ],
)
def test_the_same_run_is_marked_by_where_it_was_measured(
    way: str, name: str, lab: bool, expected: str, leaves_nothing: Program, text: Text
) -> None:
    leaves_nothing.write(text(*ARMS, load="blocks = 1\nmessages_per_block = 2\nwarmup_blocks = 0") + LINK)
    code, summary = leaves_nothing.summary()
    assert code == 0, summary["invalid_because"]
    (condition,) = summary["conditions"]
    assert (condition["name"], condition["lab"]) == (name, lab)
    assert expected in condition["note"]
    assert (condition["rtt_ms"] >= 40) is lab
    assert [arm["turns"]["median"] for arm in summary["arms"]] == [4, 11, 1]
    assert summary["account"]["planned"] == summary["account"]["arrived_once"] == 6
    assert {agreement["wire_agrees"] for agreement in summary["agreements"]} == {True if lab else None}


@pytest.mark.parametrize(("way", "victim"), [*(("nobody", victim) for victim in VICTIMS), ("root", "parent")])
def test_whatever_is_killed_nothing_is_left_and_what_was_measured_is_kept(
    way: str, victim: str, leaves_nothing: Program, text: Text
) -> None:
    leaves_nothing.write(text(*ARMS, load="blocks = 2000\nmessages_per_block = 1") + "[network]\nrtt_ms = 1\n")
    with leaves_nothing.start("run", "scenario.toml") as process:
        spools = partial(leaves_nothing.folder.glob, "results/*/messages.arrow")
        wait_for(lambda: any(path.stat().st_size > 4096 for path in spools()))
        parent = psutil.Process(process.pid)
        parts = [parent, *parent.children()]
        assert len(parts) == 4
        theirs = namespaces(str(part.pid) for part in parts) - namespaces(iter([str(os.getpid())]))
        assert len(theirs) >= 2
        by_name = {"parent": parent} | {name: part for part in parts for name in VICTIMS if name in part.cmdline()[-1]}
        by_name[victim].kill()
        process.communicate(timeout=LIMIT_S)
        psutil.wait_procs(parts, timeout=LIMIT_S)
    assert not theirs & namespaces(path.name for path in Path("/proc").glob("[0-9]*"))
    run = open_run(leaves_nothing.runs[0])
    assert run.recovered or run.manifest.status is RunStatus.BROKEN
    assert len(run.messages["send"])
