"""Really run: runs of one scenario that differ in their seed. Their spread against the error that each claims, arm by arm.

Asked: for every arm the standard deviation between runs at most 1.4 times the claimed error, and the mean of all runs in at
least 10 of 12 intervals; the same for slopes. Takes a minute a run, on a machine that does nothing else: other work makes runs
differ, so each run's load average is shown.

The claimed error is an interval's half width ÷ 1.96. Of six starts or passes the interval was made with Student's t (2.57 with
5 degrees), so that the ratio shown is up to 1.3 times smaller than one to the standard error: it judges intervals, not errors.

BENCHKIT_RUNS is how many (12). BENCHKIT_SCENARIO is the scenario's file (scenarios/quickstart.toml); scenarios/rtt-sweep.toml
gives twelve sweeps. BENCHKIT_RUNS_IN is a folder that keeps the runs, or that holds them already.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean, stdev

from benchkit.model.pooled import PooledValue
from benchkit.model.summary import Summary
from benchkit.stats.analysis import analyse
from benchkit.stats.distributions import normal_quantile
from benchkit.stats.pooling import pool
from benchkit.store import load_run

SCENARIO, RUNS = "scenarios/quickstart.toml", "12"
SETTINGS: tuple[str, ...] = ()  # further --set of every run
MOST_SPREAD, LEAST_HELD = 1.4, 10 / 12


def main() -> None:
    runs, kept = int(os.environ.get("BENCHKIT_RUNS", RUNS)), os.environ.get("BENCHKIT_RUNS_IN")
    scenario = Path(os.environ.get("BENCHKIT_SCENARIO", SCENARIO))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(kept or temporary)
        for seed in range(len(_runs_in(folder)) + 1, runs + 1):
            _run(scenario, seed, folder)
        _report(folder)


def _run(scenario: Path, seed: int, folder: Path) -> None:
    settings = (word for one in (f"load.seed={seed}", *SETTINGS) for word in ("--set", one))
    command = [sys.executable, "-m", "benchkit", "run", str(scenario), *settings, "--out", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    print(f"seed {seed}: exit code {done.returncode}, {told}", flush=True)  # noqa: T201


def _runs_in(folder: Path) -> list[Path]:
    return [path.parent for path in sorted(folder.glob("*/summary.json"))]


def _report(folder: Path) -> None:
    summaries = [analyse(load_run(run)) for run in _runs_in(folder)]
    pooled = pool(summaries)
    print(f"{len(pooled.runs)} runs; invalid: {len(pooled.left_out)}")  # noqa: T201
    for arm in pooled.arms:
        _line("median", f"{arm.arm}, {arm.condition}", *_of_value(arm.median_ms))
    for contrast in pooled.contrasts:
        _line("ratio", f"{contrast.arm}, {contrast.condition}", *_of_value(contrast.ratio))
    for subject, spread, held, of in slopes([one for one in summaries if one.valid]):
        _line("slope", subject, spread, held, of)


def _of_value(value: PooledValue) -> tuple[float | None, int, int]:
    return value.spread.ratio, value.covering, value.given


def slopes(summaries: Sequence[Summary]) -> Iterator[tuple[str, float | None, int, int]]:
    """Of every arm: sd between runs ÷ claimed error, and how many intervals hold the mean."""
    found: dict[str, list[tuple[float, float, float]]] = {}
    for fit in (fit for summary in summaries for fit in summary.fits):
        slope = fit.slope
        if slope.value is not None and slope.low is not None and slope.high is not None:
            found.setdefault(fit.arm, []).append((slope.value, slope.low, slope.high))
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
