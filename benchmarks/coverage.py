"""How often the intervals hold the truth, by simulation, beside what is asked (docs/method.md §6, §7). Seeded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median
from typing import Any, NamedTuple

import numpy as np

from benchkit.model.estimate import Clusters
from benchkit.model.load import planned_looks
from benchkit.model.summary import Estimate, Verdict
from benchkit.stats import STATISTICS
from benchkit.stats.aa import differing_pairs
from benchkit.stats.comparison import compare_arms, shared_confidence
from benchkit.stats.paired import median_interval
from benchkit.stats.pairs import Pair
from benchkit.stats.proportion import clustered_rate
from benchkit.stats.sample import measured_samples
from benchkit.stats.shift_function import shift_function
from benchkit.stats.starts import units_interval
from benchkit.stats.sweep_line import break_even, line_over
from benchkit.stats.verdict import rope_rule
from benchkit.testing.synthetic_run import synthesise
from benchmarks.coverage_cautions import caution_flags, false_caution_flags, skewed_mean_flags
from benchmarks.coverage_cells import (
    ARMS,
    ARMS_WITH_A_WARNING,
    BLOCKS,
    MESSAGES,
    RATIOS,
    Arm,
    autoregressive,
    sweep,
)

CONFIDENCE = 0.95
ROPE = (0.90, 1.10)
SIZES = (6, 7, 8, 10, 13, 15, 20, 40)
LONG_RUN = 40_000  # blocks from which the truth is taken


class Cell(NamedTuple):
    """`share` of the `given` intervals; within `asked`, or None where a run like this prints a warning instead."""

    group: str
    name: str
    share: float
    given: int
    asked: tuple[float, float] | None

    @property
    def kept(self) -> bool:
        return self.asked is None or self.asked[0] <= self.share <= self.asked[1]


def arm_cells(runs: int) -> Iterator[Cell]:
    clusters = Clusters(np.repeat(np.arange(BLOCKS), MESSAGES), BLOCKS, BLOCKS * MESSAGES)
    for name, arm in {**ARMS, **ARMS_WITH_A_WARNING}.items():
        asked = (0.92, 1.0) if name in ARMS else None
        for statistic in ("p50", "p95"):
            truth = _long_run_quantile(arm, int(statistic[1:]) / 100)
            rng = np.random.default_rng(1)
            found = [STATISTICS[statistic](arm(rng, BLOCKS).ravel(), CONFIDENCE, clusters) for _ in range(runs)]
            yield _cell(
                f"arm, {statistic}", name, [_holds(one, truth) for one in found if one.value is not None], asked
            )
        if name in ("block sd 10 %", "intra-block correlation 0.6"):
            rng, truth = np.random.default_rng(2), float(arm(np.random.default_rng(0), LONG_RUN).mean())
            found = [STATISTICS["mean"](arm(rng, BLOCKS).ravel(), CONFIDENCE, clusters) for _ in range(runs)]
            yield _cell("arm, mean", name, [_holds(one, truth) for one in found], (0.92, 1.0))


def starts_of_arm_cells(runs: int) -> Iterator[Cell]:
    """The median of an arm whose starts differ: by as much as its messages, and by far more."""
    for starts, messages in ((6, 4), (6, 20), (10, 12)):
        clusters = Clusters(np.repeat(np.arange(starts), messages), starts, starts * messages)
        for sd in (0.1, 0.5):
            rng, found = np.random.default_rng(9), []
            for _ in range(runs):
                logs = 0.1 * rng.normal(size=(starts, messages)) + sd * rng.normal(size=(starts, 1))
                found.append(STATISTICS["p50"](np.exp(logs).ravel(), CONFIDENCE, clusters))
            held = [_holds(one, 1.0) for one in found]
            yield _cell("arm over starts, p50", f"{starts} × {messages}, start sd {sd:.0%}", held, (0.92, 1.0))


def shift_cells(runs: int) -> Iterator[Cell]:
    """The shift function of two arms that do not differ: all deciles together."""
    runs = max(20, runs // 20)  # a bootstrap each
    for kind in ({"blocks": 6}, {"blocks": 12}, {"blocks": 40}, {"blocks": 24, "starts": 6, "start_noise": 0.1}):
        held: list[bool] = []
        for seed in range(runs):
            run = synthesise(seed=seed, drift=0.0, **kind)
            shifts = shift_function(run, measured_samples(run), Pair(1, 0, aa=False), 0)
            held += [one.low_ms <= 0 <= one.high_ms for one in shifts]
        name = ", ".join(f"{number} {what}" for what, number in kind.items() if what != "start_noise")
        yield _cell("shift function", name, held, (0.92, 1.0))


def failure_cells(runs: int) -> Iterator[Cell]:
    """A tenth of the blocks fail half of their messages, the others one in a hundred."""
    clusters = Clusters(np.repeat(np.arange(BLOCKS), MESSAGES), BLOCKS, BLOCKS * MESSAGES)
    rng, held = np.random.default_rng(3), []
    for _ in range(runs):
        chance = np.where(rng.random((BLOCKS, 1)) < 0.1, 0.5, 0.01)
        failed = (rng.random((BLOCKS, MESSAGES)) < chance).astype(np.float64).ravel()
        held.append(_holds(clustered_rate(failed, clusters, CONFIDENCE), 0.1 * 0.5 + 0.9 * 0.01))
    yield _cell("failure rate", "bad blocks", held, (0.92, 1.0))


def ratio_cells(runs: int) -> Iterator[Cell]:
    runs *= 5  # they are cheap, and what is asked is narrow
    for size in SIZES:
        for name, noise in RATIOS.items():
            rng = np.random.default_rng(4)
            intervals = [median_interval(noise(rng, size), CONFIDENCE) for _ in range(runs)]
            held = [ends is not None and ends[0] <= 0 <= ends[1] for ends in intervals]
            yield _cell(f"ratio, {size} blocks", name, held, (0.93, 0.975))
    rng, held = np.random.default_rng(4), []
    for _ in range(runs):
        ends = median_interval(0.11 * autoregressive(rng, 40, 0.4), CONFIDENCE)
        held.append(ends is not None and ends[0] <= 0 <= ends[1])
    yield _cell("ratio, 40 blocks", "that follow AR(0.4)", held, None)


def edge_cells(runs: int) -> Iterator[Cell]:
    """At a true ratio on the ROPE's edge: how often SLOWER is claimed."""
    runs *= 5
    for size in SIZES:
        rng = np.random.default_rng(5)
        logs = (np.log(ROPE[1]) + RATIOS["normal 11 %"](rng, size) for _ in range(runs))
        ends = [median_interval(one, CONFIDENCE) for one in logs]
        claimed = [
            one is not None and rope_rule((np.exp(one[0]), np.exp(one[1])), ROPE) is Verdict.SLOWER for one in ends
        ]
        yield _cell("claimed at the edge", f"{size} blocks", claimed, (0.0, 0.03))


def sweep_cells(runs: int) -> Iterator[Cell]:
    kinds: dict[str, dict[str, Any]] = {
        "equal spread": {},
        "spread grows with RTT": {"growing": True},
        "0.3 ms offset per condition and pass": {"offset_ms": 0.3},
    }
    for passes in (1, 6):
        for name, kind in kinds.items():
            rng = np.random.default_rng(6)
            lines = [line_over(*sweep(rng, 3.0, 11.0, passes=passes, **kind)) for _ in range(runs)]
            held = [line is not None and _holds(line.slope_estimate(CONFIDENCE), 11.0) for line in lines]
            yield _cell(f"slope, {passes} pass{'es' if passes > 1 else ''}", name, held, (0.93, 1.0))
            found = [
                break_even(line_over(*sweep(rng, -6.0, 3.0, passes=passes, **kind)), CONFIDENCE) for _ in range(runs)
            ]
            level = [one.low is not None and one.high is not None and one.low <= 2.0 <= one.high for one in found]
            yield _cell(f"break-even RTT, {passes} pass{'es' if passes > 1 else ''}", name, level, (0.93, 1.0))


def start_cells(runs: int) -> Iterator[Cell]:
    """Starts that differ by 15 %, six blocks of 11 % each."""
    for starts in (6, 10):
        rng, held = np.random.default_rng(7), []
        number = np.repeat(np.arange(starts), 6)
        for _ in range(runs):
            logs = 0.15 * rng.normal(size=starts)[number] + 0.11 * rng.normal(size=6 * starts)
            ends = units_interval(logs, number, CONFIDENCE)
            held.append(ends is not None and ends[0] <= 0 <= ends[1])
        yield _cell("ratio over starts", f"{starts} starts", held, (0.93, 0.98))


FIRST_LOOK, MOST_BLOCKS = 8, 40
DECIDED = {1.0: Verdict.EQUIVALENT, 1.05: Verdict.EQUIVALENT, 1.1: Verdict.EQUIVALENT, 1.3: Verdict.SLOWER}


def decided_cells(runs: int) -> Iterator[Cell]:
    """`until = "decided"` at a block noise of 11 %: false verdicts, and how many blocks such a run takes."""
    looks = planned_looks(FIRST_LOOK, MOST_BLOCKS, 1)
    for ratio, right in DECIDED.items():
        rng = np.random.default_rng(8)
        ends = [_until_decided(np.log(ratio) + RATIOS["normal 11 %"](rng, MOST_BLOCKS), looks) for _ in range(2 * runs)]
        wrong = [verdict not in (right, Verdict.UNDECIDED) for verdict, _ in ends]
        yield _cell("until decided, wrong", f"true ratio {ratio:g}", wrong, (0.0, 0.05))
        if ratio == 1.3:
            third = [blocks * 3 <= MOST_BLOCKS for _, blocks in ends]
            taken = (
                f"ratio 1.3: at most {MOST_BLOCKS // 3} of {MOST_BLOCKS} blocks (median {median(n for _, n in ends):g})"
            )
            yield _cell("until decided", taken, third, (0.5, 1.0))


def _until_decided(logs: Any, looks: tuple[int, ...]) -> tuple[Verdict, int]:
    confidence = shared_confidence(CONFIDENCE, len(looks))
    for blocks in looks:
        ends = median_interval(logs[:blocks], confidence)
        verdict = Verdict.UNDECIDED if ends is None else rope_rule((np.exp(ends[0]), np.exp(ends[1])), ROPE)
        if verdict is not Verdict.UNDECIDED:
            break
    return verdict, blocks


def aa_cells(runs: int) -> Iterator[Cell]:
    """A/A pairs that do not differ and are called different: with drift, two groups of blocks, and starts that differ."""
    runs = max(50, runs // 5)  # whole analyses
    kinds: dict[str, dict[str, Any]] = {
        "drift": {"drift": 1.0},
        "two groups of blocks": {"block_noise": 0.4},
        "starts that differ by 15 %": {"start_noise": 0.15, "starts": 6, "blocks": 36},
    }
    for name, kind in kinds.items():
        recipe = {"blocks": 20, "messages_per_block": 4, "aa": {1: 0}} | kind
        found = (synthesise(seed=seed, **recipe) for seed in range(runs))
        comparisons = (compare_arms(run, measured_samples(run)) for run in found)
        yield _cell(
            "A/A called different", name, [bool(differing_pairs(one, ROPE)) for one in comparisons], (0.0, 0.02)
        )


def caution_cells(runs: int) -> Iterator[Cell]:
    """What a run says about intervals that may be too narrow, and the mean of few skewed blocks."""
    for flags_of in (false_caution_flags, caution_flags, skewed_mean_flags):
        for group, name, flags, asked in flags_of(runs):
            yield _cell(group, name, flags, asked)


GROUPS: tuple[Callable[[int], Iterator[Cell]], ...] = (
    arm_cells,
    starts_of_arm_cells,
    failure_cells,
    ratio_cells,
    edge_cells,
    sweep_cells,
    start_cells,
    decided_cells,
    shift_cells,
    aa_cells,
    caution_cells,
)


def main(runs: int = 2000) -> None:
    medians: dict[str, list[float]] = {}
    for group in GROUPS:
        for cell in group(runs):
            goal = "reported" if cell.asked is None else f"asked {cell.asked[0]:.1%} to {cell.asked[1]:.1%}"
            mark = " " if cell.kept else "✗"
            print(f"{mark} {cell.group:26} {cell.name:42} {cell.share:6.1%} of {cell.given:5} ({goal})", flush=True)  # noqa: T201
            if cell.asked and cell.group.startswith("arm, "):
                medians.setdefault(cell.group, []).append(cell.share)
    for name, shares in medians.items():
        print(f"  {name}: median cell {median(shares):.1%} (asked 94.0% to 98.0%)")  # noqa: T201


def _long_run_quantile(arm: Arm, q: float) -> float:
    times = np.sort(arm(np.random.default_rng(0), LONG_RUN).ravel())
    return float(times[int(np.ceil(q * len(times))) - 1])


def _holds(estimate: Estimate, truth: float) -> bool:
    low = -np.inf if estimate.low is None else estimate.low
    return bool(low <= truth <= (np.inf if estimate.high is None else estimate.high))


def _cell(group: str, name: str, flags: list[bool], asked: tuple[float, float] | None) -> Cell:
    return Cell(group, name, sum(flags) / max(1, len(flags)), len(flags), asked)


if __name__ == "__main__":
    main()
