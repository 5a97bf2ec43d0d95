"""Every benchmark still runs, in a small form, and prints a number for each of its parts. No speed is judged here."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from typing import Any, NamedTuple

import pytest

import benchmarks
from benchmarks.__main__ import SUPPORT


class Small(NamedTuple):
    """What makes a benchmark small: its constants, the arguments of its `main`, and how many lines it prints."""

    constants: dict[str, Any]
    arguments: tuple[Any, ...] = ()
    lines: int = 1


SMALL = {
    "api_wire_speed": Small(
        {"CONCURRENCIES": (2,), "LIBRARIES": ("httpx",), "BLOCKS": 6, "MESSAGES_PER_BLOCK": 4}, lines=2
    ),
    "audit_speed": Small(
        {"DOMAINS": 6, "QUESTIONS": 20, "CHECKDMARC_DOMAINS": 1, "ROUNDS": 1, "DELAY_S": 0.001}, lines=3
    ),
    "coverage": Small({}, (1,), 20),
    "help_speed": Small({"PAIRS": 1}),
    "lab_link": Small(
        {"PINGS": {1.0: 20}, "SIZES": (25_000,), "LOSS_PACKETS": 200, "FLOOD": 200, "FLOOD_PER_S": 2_000}, lines=5
    ),
    "list_speed": Small({"ROWS": 100, "DOMAINS": 20, "DELAY_S": 0.001}, lines=2),
    "million": Small({"FEW": 20}, (("smtp",), 40), 3),
    "own_cost": Small(
        {"PAIRS": 1, "WAYS": (("smtp/aiosmtplib/reuse/none", 20, 0.85), ("api/httpx/fresh/implicit", 5, 0.9))}, lines=2
    ),
    "provider_requests": Small({"ROUNDS": 1, "REPEATS": 1}, lines=15),
    "report_speed": Small({"RUNS": {"few": {"blocks": 8, "messages_per_block": 2}}}, lines=2),
    "sink_speed": Small({"MESSAGES": 200}, lines=2),
    "smtp_wire_speed": Small({}, (200, 1), 4),
}
IN_ANOTHER_WAY = {
    "micro": "pyperf calibrates its loops: its parts run once below",
    "between_runs": "a row of whole quickstarts, which tests/test_scenarios.py runs",
    "predict_lab": "a link for each relay: minutes",
}


def test_each_benchmark_has_a_small_form() -> None:
    assert (
        SMALL.keys() | IN_ANOTHER_WAY.keys()
        == {one.name for one in pkgutil.iter_modules(benchmarks.__path__)} - SUPPORT
    )


@pytest.mark.parametrize("name", SMALL)
def test_it_runs(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    if name == "lab_link":
        request.getfixturevalue("needs_lab")
    module, small = importlib.import_module(f"benchmarks.{name}"), SMALL[name]
    for constant, value in small.constants.items():
        monkeypatch.setattr(module, constant, value)
    module.main(*small.arguments)
    printed = capsys.readouterr().out
    assert len(printed.splitlines()) >= small.lines, printed
    assert any(character.isdigit() for character in printed)


def test_the_parts_of_micro_run() -> None:
    command = [sys.executable, "-m", "benchmarks.micro_parts", "--debug-single-value"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") >= 6
