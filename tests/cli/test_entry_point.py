"""The program's entry point: Ctrl-C while it loads, what colours its output has, answers cut short, readers that go away."""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ZONE = ROOT / "scenarios" / "zones" / "good.zone"
SAMPLE = ROOT / "results" / "sample"
SCENARIO = """\
name = "t"
[message]
from = "Shop <shop@shop.example>"
subject = "Hi"
text = "x"
to = ["b@example.com"]
[load]
blocks = 1
messages_per_block = 2
[[arm]]
name = "s"
transport = "smtp"
client = "wire"
"""


def benchkit(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchkit", *words]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)


def test_an_interrupt_while_it_loads_is_quiet(tmp_path: Path) -> None:
    """The first import that takes time presses Ctrl-C."""
    (tmp_path / "typer.py").write_text("import signal\nsignal.raise_signal(signal.SIGINT)\n", "utf-8")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    done = benchkit("--help", PYTHONPATH=path)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.parametrize(("no_color", "escapes"), [("", True), ("1", False)])
def test_no_color_wins_over_force_color(no_color: str, *, escapes: bool) -> None:
    done = benchkit("audit", "--zone", str(ZONE), "shop.example", FORCE_COLOR="1", NO_COLOR=no_color, TERM="xterm")
    assert done.returncode == 0, done.stderr
    assert ("\x1b[" in done.stdout) is escapes


def test_a_process_that_was_stopped_in_the_middle_of_its_answer_tells_the_rest() -> None:
    """As by Ctrl-Z and `fg`, or where a container is paused; the pipe has no room for the whole answer."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    command = [sys.executable, "-m", "benchkit", "schema"]
    with open(reader, encoding="utf-8") as answer:
        with subprocess.Popen(command, stdout=writer, env=os.environ | {"PYTHONUNBUFFERED": "1"}) as process:
            os.close(writer)
            select.select([answer], [], [])
            process.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
            process.send_signal(signal.SIGCONT)
            output = answer.read()
        assert process.returncode == 0
    assert json.loads(output)


@contextmanager
def gone() -> Iterator[int]:
    """A pipe whose reader has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        yield writer
    finally:
        os.close(writer)


def unread(*words: str | Path, cwd: Path | None = None) -> tuple[int, str]:
    """Exit code and standard error of the program when no one reads its standard output."""
    command = [sys.executable, "-m", "benchkit", *map(str, words)]
    with gone() as pipe:
        done = subprocess.run(command, stdout=pipe, stderr=subprocess.PIPE, text=True, check=False, cwd=cwd)
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("audit", "--help"),
        ("schema",),
        ("explain", "all"),
        ("audit", "--zone", ZONE, "shop.example"),
        ("report", SAMPLE),
    ],
    ids=lambda words: " ".join(map(str, words[:2])),
)
def test_a_reader_that_has_gone_ends_it_by_sigpipe(words: tuple[str | Path, ...]) -> None:
    assert unread(*words) == (-signal.SIGPIPE, "")


def test_an_error_that_nobody_reads_ends_it_by_sigpipe() -> None:
    with gone() as pipe:
        command = [sys.executable, "-m", "benchkit", "report", "nowhere"]
        assert subprocess.run(command, stderr=pipe, check=False).returncode == -signal.SIGPIPE


def test_a_run_whose_reader_has_gone_is_closed_and_answered(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(SCENARIO, "utf-8")
    assert unread("run", "s.toml", cwd=tmp_path) == (-signal.SIGPIPE, "")
    (folder,) = (tmp_path / "results").iterdir()
    assert {path.name for path in folder.iterdir()} >= {"run.json", "messages.parquet", "arrivals.parquet"}
    document = json.loads((folder / "summary.json").read_text("utf-8"))
    account = document["account"]
    assert (document["status"], account["planned"], account["accepted"]) == ("complete", 4, 4)


@pytest.mark.parametrize(("closed", "has_output"), [(">&-", False), ("2>&-", True), ("<&- >&- 2>&-", False)])
def test_a_closed_standard_stream_is_no_socket_s(closed: str, *, has_output: bool) -> None:
    """The event loop's own descriptors would take its number, and libuv aborts."""
    command = f'exec "$0" -m benchkit audit --zone "$1" shop.example {closed}'
    done = subprocess.run(["sh", "-c", command, sys.executable, ZONE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert bool(done.stdout) is has_output


def test_an_output_that_is_full_is_said_in_a_line() -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "benchkit", "schema"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    expected = "benchkit: the system refuses: No space left on device (BENCHKIT_TRACEBACK=1 shows where)\n"
    assert (done.returncode, done.stderr) == (1, expected)
