"""`watch`: a run that goes on is shown from its files; one that has ended says so; in a log progress is lines."""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack
from pathlib import Path

import pytest
from rich.console import Console

import benchkit
from benchkit.cli import live, watch
from benchkit.cli.progress import progress_display
from benchkit.store import run_locked
from tests.cli.conftest import Verb

RUNS = Path(__file__).parents[1] / "store" / "older_runs"
SAMPLE = Path(__file__).parents[2] / "results" / "sample"


@pytest.fixture
def killed() -> Path:
    """As it stands when its process is killed, and so while it went on."""
    return next(path for path in sorted(RUNS.iterdir()) if "killed" in path.name)


def test_a_run_that_has_ended(verb: Verb) -> None:
    shutil.copytree(SAMPLE, "results/sample")
    done = verb("watch")
    assert (done.code, done.out) == (0, "")
    assert done.err == "sample has ended (complete): benchkit report results/sample\n"


def test_a_run_that_goes_on_is_shown_and_not_touched(verb: Verb, killed: Path) -> None:
    shutil.copytree(killed, "run")
    before = {path.name: path.read_bytes() for path in Path("run").iterdir()}
    with run_locked(Path("run")):
        done = verb("watch", "run", "--once")
    assert done.code == 0
    manifest = json.loads(Path("run/run.json").read_text("utf-8"))
    first, *arms = done.out.splitlines()
    assert first.startswith(manifest["run"])
    assert " sent, about " in first
    assert arms
    assert all(" median so far " in line for line in arms)
    assert {path.name: path.read_bytes() for path in Path("run").iterdir()} == before


@pytest.mark.parametrize("once", [(), ("--once",)])
def test_a_killed_run_ends_it_with_one_line(verb: Verb, killed: Path, once: tuple[str, ...]) -> None:
    shutil.copytree(killed, "run")
    done = verb("watch", "run", *once)
    assert (done.code, done.out) == (5, "")
    assert done.err == "run was killed: benchkit report run shows what it measured\n"


@pytest.mark.parametrize("panel", [False, True])
def test_a_run_that_is_killed_while_it_is_watched_ends_it(
    verb: Verb, killed: Path, monkeypatch: pytest.MonkeyPatch, panel: bool
) -> None:
    shutil.copytree(killed, "run")
    holding = ExitStack()
    holding.enter_context(run_locked(Path("run")))
    monkeypatch.setattr(watch, "sleep", lambda _: holding.close())
    monkeypatch.setattr(Console, "is_terminal", panel)
    done = verb("watch", "run")
    assert done.code == 5
    assert done.err == "the run was killed: benchkit report run shows what it measured\n"


def test_the_report_of_a_run_says_whether_a_process_holds_it(verb: Verb, killed: Path) -> None:
    shutil.copytree(killed, "run")
    assert json.loads(verb("report", "run", "--json").out)["status"] == "killed"
    with run_locked(Path("run")):
        assert json.loads(verb("report", "run", "--json").out)["status"] == "running"


def test_no_run_is_one_line(verb: Verb) -> None:
    done = verb("watch")
    assert done.code == 2
    assert "holds no run" in done.err


def test_in_a_log_progress_is_lines(
    killed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(live, "LINES_EVERY_S", 0.0)
    with progress_display(10.0, None) as shown:
        shown.begins(killed)
        shown(50, 100)
    first, *arms = capsys.readouterr().err.splitlines()
    assert first.startswith("sent 50 of 100, ")
    assert all(line.startswith("  ") for line in arms)
    assert arms


def test_a_short_run_says_nothing_in_a_log(killed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with progress_display(10.0, None) as shown:
        shown.begins(killed)
        shown(50, 100)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("goes_on", "status"), [(False, "killed"), (True, "running")])
def test_every_verb_says_whether_a_process_holds_the_run(verb: Verb, killed: Path, goes_on: bool, status: str) -> None:
    shutil.copytree(killed, "results/run")
    holding = ExitStack()
    if goes_on:
        holding.enter_context(run_locked(Path("results/run")))
    with holding:
        (run,) = json.loads(verb("history", "--json").out)["runs"]
        assert run["status"] == json.loads(verb("report", "results/run", "--json").out)["status"] == status
        assert f", {status}, in results/run>" in repr(benchkit.runs("results"))
        assert verb("report", "results/run", "--html").code == 0
        page = Path("results/run/report.html").read_text("utf-8")
        assert f", {status}<" in page
