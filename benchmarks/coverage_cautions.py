"""How often a run warns that an arm's interval may be too narrow: without cause, and where the interval misses the truth.

The cells are those of `python -m benchmarks coverage` whose runs print a warning instead of keeping to a goal. Seeded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from benchkit.model.estimate import Clusters
from benchkit.model.summary import Estimate
from benchkit.stats import STATISTICS
from benchkit.stats.outlying_blocks import outlying_blocks
from benchkit.stats.stationarity import change_point, is_resemblance, resemblance, slow_beginning
from benchkit.stats.two_groups import two_groups
from benchmarks.coverage_cells import ARMS, ARMS_WITH_A_WARNING, BLOCKS, MESSAGES, Arm, Rng

CONFIDENCE = 0.95
LONG_RUN = 40_000  # blocks from which the truth is taken
INDEPENDENT = ("independent", "block sd 10 %", "intra-block correlation 0.6")
FEW = (6, 10, 20, 40)
SKEWED: Mapping[str, Arm] = {
    "skewed messages (log sd 1)": lambda rng, blocks: np.exp(rng.normal(size=(blocks, MESSAGES))),
    "skewed blocks (log sd 0.5)": lambda rng, blocks: np.exp(0.5 * rng.normal(size=(blocks, 1))) * _even(rng, blocks),
    "skewed blocks (log sd 1)": lambda rng, blocks: np.exp(rng.normal(size=(blocks, 1))) * _even(rng, blocks),
    "a tenth of the blocks five times slower": lambda rng, blocks: (
        np.where(rng.random((blocks, 1)) < 0.1, 5, 1) * _even(rng, blocks)
    ),
}

# Group, name, one flag a run, and the shares that are asked for (None: reported).
Flags = tuple[str, str, list[bool], tuple[float, float] | None]


def is_cautioned(times: Any) -> bool:
    """Whether a run of one arm with these times, (blocks, messages), prints a warning about its blocks or its messages."""
    medians = np.median(times, axis=1)
    alike = resemblance(medians)
    return (
        (alike is not None and is_resemblance(alike, len(medians), 1))
        or outlying_blocks(medians, 1) is not None
        or slow_beginning(medians, 1) is not None
        or change_point(medians, 1) is not None
        or two_groups(times.ravel()) is not None
    )


def false_caution_flags(runs: int) -> Iterator[Flags]:
    for name in INDEPENDENT:
        for blocks in FEW:
            rng = np.random.default_rng(11)
            yield (
                "warned without cause", f"{name}, {blocks} blocks",
                [is_cautioned(ARMS[name](rng, blocks)) for _ in range(runs)], (0.0, 0.02),
            )  # fmt: skip


def caution_flags(runs: int) -> Iterator[Flags]:
    """Of all runs, and of those whose interval misses the truth."""
    for name, arm in ARMS_WITH_A_WARNING.items():
        rng = np.random.default_rng(12)
        found = [arm(rng, BLOCKS) for _ in range(runs)]
        warned = [is_cautioned(times) for times in found]
        yield "warned", name, warned, None
        for statistic in ("p50", "p95", "mean"):
            truth = _truth(arm, statistic)
            missed = [not _holds(_estimate(statistic, times), truth) for times in found]
            yield (
                f"warned where {statistic} misses", name,
                [flag for flag, miss in zip(warned, missed, strict=True) if miss], None,
            )  # fmt: skip


def skewed_mean_flags(runs: int) -> Iterator[Flags]:
    """The mean of few skewed blocks: what its interval holds, reported."""
    for name, arm in SKEWED.items():
        truth = _truth(arm, "mean")
        for blocks in FEW:
            rng = np.random.default_rng(13)
            held = [_holds(_estimate("mean", arm(rng, blocks)), truth) for _ in range(runs)]
            yield "arm, skewed mean", f"{name}, {blocks}", held, None


def _even(rng: Rng, blocks: int) -> Any:
    return np.exp(0.1 * rng.normal(size=(blocks, MESSAGES)))


def _estimate(statistic: str, times: Any) -> Estimate:
    blocks, messages = times.shape
    clusters = Clusters(np.repeat(np.arange(blocks), messages), blocks, blocks * messages)
    return STATISTICS[statistic](times.ravel(), CONFIDENCE, clusters)


def _truth(arm: Arm, statistic: str) -> float:
    times = arm(np.random.default_rng(0), LONG_RUN).ravel()
    if statistic == "mean":
        return float(times.mean())
    return float(np.quantile(times, int(statistic[1:]) / 100, method="inverted_cdf"))


def _holds(estimate: Estimate, truth: float) -> bool:
    low = -np.inf if estimate.low is None else estimate.low
    return bool(low <= truth <= (np.inf if estimate.high is None else estimate.high))
