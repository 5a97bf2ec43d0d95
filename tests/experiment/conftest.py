"""Scenarios small enough for a test, run by the real program in real processes on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

LIMIT_S = 180.0  # for another process, on a machine on which much else runs

ARMS = {
    "smtp": 'transport = "smtp"\nclient = "aiosmtplib"\nconnection = "reuse"\n',
    "smtp fresh": 'transport = "smtp"\nclient = "aiosmtplib"\nconnection = "fresh"\nsecurity = "starttls"\nauth = "plain"\n',
    "api": 'transport = "api"\nprovider = "mailgun"\nclient = "httpx"\nconnection = "reuse"\nsecurity = "none"\n',
    "null": 'transport = "null"\n',
}


def scenario_text(
    *arms: str, load: str = "blocks = 6\nmessages_per_block = 4", message: str = "", extra: str = ""
) -> str:
    """`arms` are keys of ARMS, or "name|toml"."""
    envelope = 'from = "Shop <shop@shop.example>"\nsubject = "Grüße"\nto = ["b@example.com"]'
    parts = ['name = "test"\n', f"[message]\n{envelope}\n{message or 'text_bytes = 600'}\n", f"[load]\n{load}\n"]
    for arm in arms:
        name, _, body = arm.partition("|")
        parts.append(f'[[arm]]\nname = "{name}"\n{body or ARMS[name]}')
    return extra + "\n".join(parts)


class Program:
    """`benchkit` in a folder of the test's own, in the environment of the tests or one with changes."""

    def __init__(
        self, folder: Path, become: Callable[..., Sequence[str]] = lambda *command: command, **changes: str
    ) -> None:
        self.folder = folder
        self._become = become
        self._started: list[subprocess.Popen[str]] = []
        self._environment = os.environ | {"NO_COLOR": "1", "COLUMNS": "120"} | changes

    def write(self, text: str, name: str = "scenario.toml") -> Path:
        path = self.folder / name
        path.write_text(text, "utf-8")
        return path

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            self._become(sys.executable, "-m", "benchkit", *arguments),
            cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=self._environment,
        )  # fmt: skip
        self._started.append(process)
        return process

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments)
        out, err = process.communicate(timeout=LIMIT_S)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def end(self) -> None:
        """Also after a test that failed: a process that is left would slow all later ones."""
        for process in self._started:
            if process.poll() is None:
                process.kill()
                process.communicate()

    def summary(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        done = self.run("run", "scenario.toml", "--json", *arguments)
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    @property
    def runs(self) -> list[Path]:
        return sorted(path.parent for path in self.folder.glob("results/*/run.json"))


def wait_for(what: Callable[[], Any], limit_s: float = LIMIT_S) -> None:
    """Until it holds; the doing of another process, of which no event tells."""
    ends = time.monotonic() + limit_s
    while not what():
        assert time.monotonic() < ends, "waited too long"
        time.sleep(0.02)


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    made = Program(tmp_path)
    yield made
    made.end()


@pytest.fixture
def text() -> Callable[..., str]:
    return scenario_text
