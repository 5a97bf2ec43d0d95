"""The lab's link against what was asked of it: round trips, loss, bandwidth, packets a second, and slow start through it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles

from benchkit.batch import compose
from benchkit.experiment.certify.scenarios import DIALOGUES, sweep
from benchkit.experiment.lab import LinkSpec
from benchkit.experiment.parent.body_parser import open_run
from benchkit.experiment.parent.run_experiment import run_experiment
from benchkit.stats.analysis import analyse
from tests.experiment.lab.asking import asked

PINGS = {1.0: 3000, 10.0: 1000, 40.0: 500, 200.0: 150}
SIZES = (25_000, 60_000, 200_000)
LOSS_PACKETS, FLOOD, FLOOD_PER_S = 50_000, 60_000, 20_000
Line = tuple[str, str, str]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for of, found, goal in _lines(Path(folder)):
            print(f"  {of:<34}{found:<44}{goal}", flush=True)  # noqa: T201


def _lines(folder: Path) -> Iterator[Line]:
    for rtt_ms, pings in PINGS.items():
        yield _round_trips(rtt_ms, pings, folder / "log")
    yield _flood(folder / "log")
    yield _loss(folder / "log")
    yield _bandwidth(folder / "log")
    for size in SIZES:
        yield _slow_start(size, folder)


def _round_trips(rtt_ms: float, pings: int, log: Path) -> Line:
    times_ms = asked(LinkSpec(rtt_ms=rtt_ms), log, pings=pings)[0]["round_trips_ms"]
    centre, tail = median(times_ms), quantiles(times_ms, n=100)[98]
    goal = f"within {max(0.05 * rtt_ms, 0.7):g} ms; p99 within {max(0.10 * rtt_ms, 2.0):g} ms"
    return f"{rtt_ms:g} ms, {pings:,} pings", f"median +{centre - rtt_ms:.3f} ms, p99 +{tail - rtt_ms:.3f} ms", goal


def _flood(log: Path) -> Line:
    found, _ = asked(LinkSpec(rtt_ms=2), log, packets=FLOOD, rate_per_s=FLOOD_PER_S)
    told = f"{found['arrived']:,} of {FLOOD:,} in {found['sent_s']:.2f} s"
    return f"{FLOOD_PER_S:,} packets/s offered", told, "all of them"


def _loss(log: Path) -> Line:
    found, _ = asked(LinkSpec(loss_percent=1), log, packets=LOSS_PACKETS, rate_per_s=FLOOD_PER_S)
    lost = 100 * (1 - found["arrived"] / LOSS_PACKETS)
    return f"1 % loss, {LOSS_PACKETS:,} packets", f"{lost:.3f} %", "1 ± 0.2 %"


def _bandwidth(log: Path) -> Line:
    """Offered twice; a queue of 30 kB drains when the offering has ended."""
    found, _ = asked(LinkSpec(bandwidth_mbit=10, queue_kb=30), log, packets=6000, size=1222, rate_per_s=2000)
    mbit = (found["arrived"] * 1250 * 8 - 30e3 * 8) / found["sent_s"] / 1e6
    return "10 Mbit/s", f"{mbit:.3f} Mbit/s", "10 ± 0.5 Mbit/s"


def _slow_start(size: int, folder: Path) -> Line:
    plain = next(dialogue for dialogue in DIALOGUES if dialogue.turns == 7)
    plan = sweep((plain,), (40.0,), 8)
    plan = replace(plan, message=replace(plan.message, text_bytes=size))
    (agreement,) = analyse(
        open_run(run_experiment(plan, compose(plan.message), {}, folder, lambda sent, planned: None).folder)
    ).agreements
    predicted = (agreement.turns_predicted or 0.0) + agreement.flights_predicted
    found = f"{agreement.turns_in_time or 0.0:.2f} turns of time, {predicted:g} predicted"
    return f"slow start, {size // 1000} kB at 40 ms", found, "within 1.5"
