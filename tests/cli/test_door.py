"""The program's door: Ctrl-C while it loads, and what colours its output has."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ZONE = Path(__file__).parents[2] / "scenarios" / "zones" / "good.zone"


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
