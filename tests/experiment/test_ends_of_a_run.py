"""How a run ends where something else than its last message ends it: signals while it connects, a disk that is full."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from benchkit.errors import BUG
from tests.experiment.conftest import LIMIT_S, wait_for

Text = Any
SLOW_ARM = 'transport = "smtp"\nclient = "{client}"\nconnection = "reuse"\nsecurity = "none"\ntimeout_s = 60\n'


@pytest.mark.parametrize(
    ("number", "client"),
    [
        (signal.SIGINT, "aiosmtplib"),
        (signal.SIGINT, "smtplib"),
        (signal.SIGTERM, "wire"),
        (signal.SIGHUP, "aiosmtplib"),
    ],
)
def test_a_signal_is_heeded_while_connecting_to_a_silent_server(
    number: signal.Signals, client: str, program: Any, text: Text
) -> None:
    """The server accepts and says nothing: without the signal the run would wait a minute for its greeting."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = f'server = {{ host = "127.0.0.1", port = {silent.getsockname()[1]} }}\n'
        program.write(text("slow|" + SLOW_ARM.format(client=client) + server))
        process = program.start("run", "scenario.toml")
        wait_until_it_connects(process)
        started = time.monotonic()
        process.send_signal(number)
        _, stderr = process.communicate(timeout=LIMIT_S)
        assert process.returncode == 130
        assert time.monotonic() - started < 45
        assert stderr.count("Ctrl-C again ends them at once") == 1


@pytest.mark.parametrize("kind", ["sink", "worker"])
def test_a_killed_parent_leaves_no_process_while_connecting(kind: str, program: Any, text: Text) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = f'server = {{ host = "127.0.0.1", port = {silent.getsockname()[1]} }}\n'
        program.write(text("slow|" + SLOW_ARM.format(client="wire") + server, *(["smtp"] if kind == "sink" else [])))
        process = program.start("run", "scenario.toml")
        wait_until_it_connects(process)
        children = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.communicate()
        gone, alive = psutil.wait_procs(children, timeout=LIMIT_S)
        assert gone
        assert not alive


def wait_until_it_connects(process: subprocess.Popen[str]) -> None:
    """Until its worker has opened a connection for a sender: it counts its sends in a file from then on."""
    folder = Path(psutil.Process(process.pid).cwd())
    wait_for(lambda: list(folder.glob("results/*/started.bin")) and is_connected(process))


def is_connected(process: subprocess.Popen[str]) -> bool:
    with suppress(psutil.Error):  # other children come and go
        for child in psutil.Process(process.pid).children():
            if "worker_process" in " ".join(child.cmdline()):
                return any(one.status == psutil.CONN_ESTABLISHED for one in child.net_connections("tcp"))
    return False


@pytest.mark.parametrize("megabytes", [2, 5])
def test_a_full_disk_never_ends_well(megabytes: int, program: Any, text: Text) -> None:
    """On a file system of its own, so small that the run fills it: not exit code 0, and what was recorded can be read."""
    if shutil.which("unshare") is None or os.geteuid() != 0:
        pytest.skip("mounts a file system as root")
    program.write(text("smtp", load='model = "throughput"\nconcurrency = 4\nblocks = 100\nmessages_per_block = 400'))
    (program.folder / "results").mkdir()
    script = (
        f'mount -t tmpfs -o size={megabytes}m none results && "$@"; code=$?; "$0" -m benchkit report; echo "code $code"'
    )
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, sys.executable, sys.executable, "-m", "benchkit", "run", "scenario.toml"],
        cwd=program.folder, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    code = int(done.stdout.rsplit("code ", 1)[1])
    assert code in (2, 5), done.stdout[-2000:] + done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    assert BUG not in done.stderr


def sends_started(folder: Path) -> int:
    return sum(int(np.count_nonzero(np.fromfile(path, np.uint16))) for path in folder.glob("results/*/started.bin"))


@pytest.mark.parametrize("who", ["all", "sink_process"])
def test_processes_that_stood_still_are_named_and_their_block_is_left_out(who: str, program: Any, text: Text) -> None:
    """SIGSTOP for two seconds, of the whole tree or of the embedded server alone."""
    program.write(text("smtp", "api", load="blocks = 60\nmessages_per_block = 40"))
    process = program.start("run", "scenario.toml", "--json")
    wait_for(lambda: sends_started(program.folder) >= 4 * 40 * 2)
    tree = [psutil.Process(process.pid), *psutil.Process(process.pid).children()]
    chosen = [one for one in tree if who == "all" or who in " ".join(one.cmdline())]
    for one in chosen:
        one.suspend()
    time.sleep(2.0)
    for one in reversed(chosen):
        one.resume()
    out, err = process.communicate(timeout=LIMIT_S)
    summary = json.loads(out)
    assert any("stood still" in warning for warning in summary["warnings"]), (summary["warnings"], err)
    for arm in summary["arms"]:
        assert arm["planned"] < 60 * 40
