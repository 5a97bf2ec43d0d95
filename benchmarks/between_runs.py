"""Really run: quickstarts that differ in their seed. Their spread against the error that each claims, for every arm and slope.

Asked: for every arm the standard deviation between runs at most 1.4 times the claimed error, and the mean of all runs in at
least 10 of 12 intervals; the same for slopes. Takes a minute a run, on a machine that does nothing else: other work makes runs
differ, so each run's load average is shown. BENCHKIT_RUNS is how many (12); BENCHKIT_RUNS_IN a folder that keeps them, or that
holds them already.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from benchkit.model.pooled import PooledValue
from benchkit.stats.analysis import analyse
from benchkit.stats.distributions import normal_quantile
from benchkit.stats.pooling import pool
from benchkit.store import load_run

SCENARIO = Path("scenarios/quickstart.toml")
MOST_SPREAD, LEAST_HELD = 1.4, 10 / 12


def main() -> None:
    runs = int(os.environ.get("BENCHKIT_RUNS", "12"))
    kept = os.environ.get("BENCHKIT_RUNS_IN")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(kept or temporary)
        for seed in range(len(_summaries(folder)) + 1, runs + 1):
            _run(seed, folder)
        _report(folder)


def _run(seed: int, folder: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "benchkit",
        "run",
        str(SCENARIO),
        "--set",
        f"load.seed={seed}",
        "--out",
        str(folder),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    print(f"seed {seed}: exit code {done.returncode}, {told}", flush=True)  # noqa: T201


def _summaries(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*/summary.json"))]


def _report(folder: Path) -> None:
    summaries = [analyse(load_run(path.parent)) for path in sorted(folder.glob("*/summary.json"))]
    pooled = pool(summaries)
    print(f"{len(pooled.runs)} runs; invalid: {len(pooled.left_out)}")  # noqa: T201
    for arm in pooled.arms:
        _line("median", f"{arm.arm}, {arm.condition}", *_of_value(arm.median_ms))
    for contrast in pooled.contrasts:
        _line("ratio", f"{contrast.arm}, {contrast.condition}", *_of_value(contrast.ratio))
    for subject, spread, held, of in _slopes(folder):
        _line("slope", subject, spread, held, of)


def _of_value(value: PooledValue) -> tuple[float | None, int, int]:
    return value.spread.ratio, value.covering, value.runs


def _slopes(folder: Path) -> Iterator[tuple[str, float | None, int, int]]:
    """Of every arm: sd between runs ÷ claimed error, and how many intervals hold the mean."""
    found: dict[str, list[tuple[float, float, float]]] = {}
    for summary in _summaries(folder):
        for fit in summary["fits"] if summary["valid"] else ():
            if fit["slope_ci"] and None not in fit["slope_ci"]:
                found.setdefault(fit["arm"], []).append((fit["slope"], *fit["slope_ci"]))
    for arm, fits in found.items():
        mean = fmean(slope for slope, _, _ in fits)
        claimed = fmean(((high - low) / 2 / normal_quantile(0.975)) ** 2 for _, low, high in fits) ** 0.5
        spread = stdev(slope for slope, _, _ in fits) / claimed if len(fits) > 1 and claimed else None
        yield arm, spread, sum(low <= mean <= high for _, low, high in fits), len(fits)


def _line(what: str, subject: str, spread: float | None, held: int, of: int) -> None:
    kept = spread is not None and spread <= MOST_SPREAD and held >= LEAST_HELD * of
    told = "unknown" if spread is None else f"{spread:.2f}"
    print(  # noqa: T201
        f"{' ' if kept else '✗'} {what:7} {subject:42} sd ÷ claimed {told:>7} (asked at most {MOST_SPREAD}), "
        f"mean held by {held} of {of} (asked 10 of 12)"
    )
