"""Whole runs by the real program: what is measured, what is kept, and how every way of ending closes the account."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.experiment.conftest import LIMIT_S, wait_for

Text = Callable[..., str]
MANY = "blocks = 400\nmessages_per_block = 50\nwarmup_blocks = 0"
SEVERAL = 'model = "throughput"\nconcurrency = 4\nworkers = 2\n'
SLOW = '[[arm.fault]]\nat = "content"\ndelay_ms = 20\n'


LOADS = {
    "talk": "blocks = 6\nmessages_per_block = 4\nwarmup_blocks = 1",
    "throughput": 'model = "throughput"\nconcurrency = 3\nblocks = 6\nmessages_per_block = 12',
    "open": 'model = "open"\nrate_per_s = 400\nblocks = 6\nmessages_per_block = 8',
}


@pytest.mark.parametrize("load", LOADS.values(), ids=LOADS)
def test_each_load_model_measures_every_arm(program: Any, text: Text, load: str) -> None:
    program.write(text("smtp", "smtp fresh", "api", load=load))
    code, summary = program.summary()
    assert code == 0, summary
    assert summary["valid"]
    assert [arm["turns"]["median"] for arm in summary["arms"]] == [4, 11, 1]
    for arm in summary["arms"]:
        assert arm["planned"] == arm["accepted"] == arm["arrived"]
        assert (arm["missing"], arm["duplicates"], arm["altered"]) == (0, 0, 0)
    assert summary["account"]["planned"] == summary["account"]["arrived_once"]


def test_every_n_messages_opens_a_connection_for_every_nth(program: Any, text: Text) -> None:
    every = 'transport = "smtp"\nclient = "aiosmtplib"\nconnection = { messages = 4 }\n'
    program.write(text(f"every 4|{every}", load="blocks = 6\nmessages_per_block = 8\nwarmup_blocks = 0"))
    _, summary = program.summary()
    (arm,) = summary["arms"]
    assert arm["turns"] == {"min": 4, "median": 4, "max": 7, "mean": 4.75}
    assert arm["connections"] == 12


def test_faults_are_results_and_the_account_closes(program: Any, text: Text) -> None:
    smtp = 'transport = "smtp"\nclient = "aiosmtplib"\nconnection = "reuse"\ntimeout_s = 2\n'
    api = 'transport = "api"\nprovider = "mailgun"\nclient = "httpx"\nsecurity = "none"\ntimeout_s = 2\n'
    program.write(
        text(
            f'busy|{smtp}[[arm.fault]]\nat = "rcpt"\nreply = "450 4.2.1 busy"\nprobability = 0.3\n',
            f'cut|{smtp}[[arm.fault]]\nat = "content"\ndrop = true\nprobability = 0.3\n',
            f'api cut|{api}[[arm.fault]]\nat = "response"\ndrop = true\nprobability = 0.3\n',
            f"throttled|{api}[arm.limit]\nrate_per_s = 1\nburst = 5\n",
            load="blocks = 8\nmessages_per_block = 10",
        )
    )
    code, summary = program.summary()
    assert code == 0, summary
    outcomes = {arm["name"]: arm["outcomes"] for arm in summary["arms"]}
    assert outcomes["busy"]["deferred"] > 0
    assert outcomes["cut"]["ambiguous"] > 0
    assert outcomes["api cut"]["ambiguous"] > 0
    assert outcomes["throttled"]["throttled"] > 0
    account = summary["account"]
    assert account["planned"] == account["accepted"] + account["failed"] + account["unsent"] == 4 * 90
    assert (account["missing"], account["duplicates"], account["altered"], account["unaccounted"]) == (0, 0, 0, 0)
    for arm in summary["arms"]:
        assert arm["arrived"] == arm["accepted"] + arm["outcomes"].get("ambiguous", 0)


def test_a_crossed_threshold_is_exit_99(program: Any, text: Text) -> None:
    program.write(text("smtp") + '[thresholds]\n"smtp.service.p50" = "< 1 us"\n')
    code, summary = program.summary()
    assert code == 99
    assert summary["valid"]


@pytest.fixture(params=["", SEVERAL], ids=["one worker", "two workers"])
def running(request: pytest.FixtureRequest, program: Any, text: Text) -> Iterator[tuple[Any, subprocess.Popen[str]]]:
    """A run of 20,000 slow sends, well under way."""
    smtp = f'smtp|transport = "smtp"\nclient = "aiosmtplib"\nconnection = "reuse"\n{SLOW}'
    program.write(text(smtp, load=f"{MANY}\n{request.param}"))
    process = program.start("run", "scenario.toml", "--json")
    try:
        wait_for(lambda: _spooled(program) > 0)
        yield program, process
    finally:
        process.kill()
        process.communicate()


def _spooled(program: Any) -> int:
    from benchkit.store.spool import read_table

    return sum(batch.num_rows for run in program.runs for batch in read_table(run, "messages"))


def _child(process: subprocess.Popen[str], module: str) -> psutil.Process:
    return next(child for child in psutil.Process(process.pid).children() if module in " ".join(child.cmdline()))


def _account_of(program: Any) -> dict[str, Any]:
    (run,) = program.runs
    done = program.run("report", str(run), "--json")
    assert done.returncode == 0, done.stderr
    account: dict[str, Any] = json.loads(done.stdout)["account"]
    parts = ("accepted", "failed", "in_doubt", "unsent")
    assert account["planned"] == sum(account[part] for part in parts) == 20_000
    assert account["duplicates"] == account["altered"] == 0
    return account


def test_ctrl_c_drains_and_keeps_what_was_measured_and_a_look_at_the_run_changes_nothing(running: Any) -> None:
    program, process = running
    looked = program.run("report", str(program.runs[0]), "--json")
    assert json.loads(looked.stdout)["status"] == "running"
    assert not (program.runs[0] / "summary.json").exists()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 130, err
    summary = json.loads(out)
    assert summary["valid"], summary["invalid_because"]
    account = _account_of(program)
    assert account["accepted"] == account["arrived_once"] > 0
    assert account["missing"] == account["unaccounted"] == 0
    assert not list(program.runs[0].glob("*.arrow"))
    assert json.loads((program.runs[0] / "summary.json").read_text("utf-8"))["status"] == "interrupted"


@pytest.mark.parametrize(
    ("running", "gap_s"), [("", 0.0), ("", 0.1), (SEVERAL, 0.02), (SEVERAL, 0.3)], indirect=["running"]
)
def test_a_second_ctrl_c_hurries_and_keeps_what_was_measured(running: Any, gap_s: float) -> None:
    program, process = running
    for _ in range(3):
        process.send_signal(signal.SIGINT)
        time.sleep(gap_s)  # a person's fingers, however fast
    out, err = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 130, err
    assert json.loads(out)["account"]["accepted"] > 0
    account = _account_of(program)
    assert account["accepted"] > 0
    assert account["missing"] == account["unaccounted"] == 0


@pytest.mark.parametrize("module", ["experiment.worker.worker_process", "experiment.process.sink_process"])
def test_a_killed_child_ends_the_run_which_says_so(running: Any, module: str) -> None:
    program, process = running
    _child(process, module).send_signal(signal.SIGKILL)
    out, err = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 5
    assert "signal 9" in err
    assert "Traceback" not in err
    assert not json.loads(out)["valid"]
    assert _account_of(program)["accepted"] > 0


def test_after_a_killed_parent_all_but_the_last_second_is_read(running: Any) -> None:
    program, process = running
    children = psutil.Process(process.pid).children()
    process.kill()
    process.communicate()
    _, alive = psutil.wait_procs(children, timeout=LIMIT_S)
    assert not alive, "children die with their parent"
    watched = program.run("watch", str(program.runs[0]))
    assert (watched.returncode, watched.stderr.count("\n"), watched.stdout) == (5, 1, "")
    assert "was killed" in watched.stderr
    assert json.loads(program.run("report", str(program.runs[0]), "--json").stdout)["status"] == "killed"
    account = _account_of(program)
    assert account["accepted"] > 0
    assert account["missing"] == account["failed"] == 0, "our own death is no failure of the server"


def test_a_worker_killed_with_its_parent_leaves_a_readable_run(running: Any) -> None:
    program, process = running
    doomed = [*psutil.Process(process.pid).children(), psutil.Process(process.pid)]
    spooled = _spooled(program)
    for one in doomed:
        os.kill(one.pid, signal.SIGKILL)
    process.communicate()
    assert _account_of(program)["accepted"] >= spooled


def test_nothing_is_left_behind_when_a_target_does_not_answer(program: Any, text: Text) -> None:
    nobody = 'transport = "smtp"\nclient = "aiosmtplib"\nserver = { host = "127.0.0.1", port = 1 }\n'
    program.write(text(f"nobody|{nobody}"))
    done = program.run("run", "scenario.toml")
    assert done.returncode == 4
    assert done.stderr.strip().count("\n") == 0
    assert "127.0.0.1:1" in done.stderr
    assert program.runs == []
    assert list(Path(program.folder).glob("results/*")) == []
