"""Every benchmark still runs, in a small form, and prints a number for each of its parts. No speed is judged here."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import benchmarks
from benchkit.model.estimate import Estimate
from benchkit.model.summary import LatencyFit
from benchkit.stats.analysis import analyse
from benchmarks import between_runs
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
    "between_runs": Small(
        {"RUNS": "2", "SETTINGS": ("load.blocks=6", "load.restarts=1", "network.rtt_ms=[0, 1, 2]")}, lines=9
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


def test_runs_of_another_scenario_are_compared_where_it_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[tuple[Path, int]] = []
    monkeypatch.setattr(between_runs, "_run", lambda scenario, seed, _: asked.append((scenario, seed)))
    monkeypatch.setattr(between_runs, "_report", lambda _: None)
    sweep = "scenarios/rtt-sweep.toml"
    for name, value in (("SCENARIO", sweep), ("RUNS", "3"), ("RUNS_IN", str(tmp_path))):
        monkeypatch.setenv(f"BENCHKIT_{name}", value)
    between_runs.main()
    assert asked == [(Path(sweep), seed) for seed in (1, 2, 3)]


def test_the_slopes_of_runs_are_held_against_what_each_claims(synthetic_run: Any) -> None:
    summary = analyse(synthetic_run())
    fits = [
        LatencyFit("a", "", 4.0, Estimate(4.0 + d, 3.9 + d, 4.1 + d), Estimate(1.0), None) for d in (0.0, 0.05, 0.5)
    ]
    open_end = replace(fits[0], slope=Estimate(4.0, 3.0, None))
    ((arm, spread, held, of),) = between_runs.slopes([replace(summary, fits=(fit,)) for fit in (*fits, open_end)])
    assert (arm, held, of) == ("a", 0, 3)
    assert spread == pytest.approx(0.276 / (0.1 / 1.96), rel=0.01)


def test_the_parts_of_micro_run() -> None:
    command = [sys.executable, "-m", "benchmarks.micro_parts", "--debug-single-value"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") >= 6
