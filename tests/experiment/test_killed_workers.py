"""Kills and stops at any moment, against a foreign server that counts for itself: its count is within the account's bounds.

BENCHKIT_KILLS=300 makes it as many as one has the time for.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.experiment.conftest import LIMIT_S, wait_for

SEEDS = range(int(os.environ.get("BENCHKIT_KILLS", "10")))
ENDINGS = ("worker", "parent", "interrupt", "terminate", "stop")
CLIENTS = {"smtp": ("aiosmtplib", "smtplib", "wire"), "api": ("httpx", "httpx2", "aiohttp", "wire")}
STANDSTILL_S = 1.2
Text = Any


@contextmanager
def counting_server(seed: int, transport: str) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    command = [sys.executable, str(Path(__file__).with_name("counting_server.py")), str(seed), transport]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield int(server.stdout.readline()), server
        finally:
            server.kill()


def worker_of(process: subprocess.Popen[str]) -> psutil.Process | None:
    with_name = (
        child for child in psutil.Process(process.pid).children() if "worker_process" in " ".join(child.cmdline())
    )
    return next(with_name, None)


def end(process: subprocess.Popen[str], how: str) -> None:
    if how == "worker" and (worker := worker_of(process)):
        worker.kill()
    elif how == "parent":
        process.kill()
    elif how == "interrupt":
        process.send_signal(signal.SIGINT)
    elif how == "terminate":
        process.terminate()
    elif how == "stop":
        tree = [psutil.Process(process.pid), *psutil.Process(process.pid).children()]
        for one in tree:
            one.suspend()
        time.sleep(STANDSTILL_S)
        for one in reversed(tree):
            one.resume()
        process.send_signal(signal.SIGINT)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_account_s_bounds_contain_what_the_server_counted(seed: int, program: Any, text: Text) -> None:
    draw = random.Random(seed)
    transport, how = "api" if seed // len(ENDINGS) % 2 else "smtp", ENDINGS[seed % len(ENDINGS)]
    client = draw.choice(CLIENTS[transport])
    own = 'provider = "mailgun"\napi_key = { file = "key" }\n' if transport == "api" else ""
    load = draw.choice(
        ('model = "talk"\nblocks = 200\nmessages_per_block = 40',
         'model = "throughput"\nconcurrency = 4\nblocks = 200\nmessages_per_block = 40')
    )  # fmt: skip
    with counting_server(seed, transport) as (port, server):
        arm = (
            f'foreign|transport = "{transport}"\nclient = "{client}"\nconnection = "reuse"\nsecurity = "none"\ntimeout_s = 1\n'
            f'{own}server = {{ host = "127.0.0.1", port = {port} }}\n'
        )
        program.write(text(arm, load=load))
        program.write("key-0123456789", "key")
        process = program.start("run", "scenario.toml")
        try:
            wait_for(lambda: list(program.folder.glob("results/*/messages*.arrow")))
            time.sleep(draw.uniform(0.0, 1.2))
            end(process, how)
            process.communicate(timeout=LIMIT_S)
            wait_for_orphans(program.folder)
        finally:
            process.kill()
            process.wait()
        server.terminate()
        assert server.stdout is not None
        truth = int(server.stdout.readline())
    (folder,) = program.runs
    reported = program.run("report", str(folder), "--json")
    account = json.loads(reported.stdout)["account"]
    least, most = account["accepted"], account["accepted"] + account["ambiguous"] + account["in_doubt"]
    assert least <= truth <= most, (how, client, account, truth)
    assert account["planned"] == account["accepted"] + account["failed"] + account["in_doubt"] + account["unsent"]


def wait_for_orphans(folder: Path) -> None:
    """A worker whose parent was killed ends what it has under way."""
    wait_for(lambda: not any(_in(process, folder) for process in psutil.process_iter()))


def _in(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.cwd() == str(folder) and "worker_process" in " ".join(process.cmdline())
    except psutil.Error:
        return False
