"""Starts: the processes of a run may be started several times. Blocks cannot show what varies between starts.

Within a start blocks are compared; between starts the process, its cores and its memory layout differ (Kalibera and Jones
2013). With several starts the start is therefore the unit of every interval.
"""

from __future__ import annotations

from itertools import pairwise
from math import inf, sqrt
from typing import Any

import numpy as np

from benchkit.model.estimate import Clusters
from benchkit.model.load import first_blocks
from benchkit.model.run import Manifest
from benchkit.model.summary import Estimate
from benchkit.stats.distributions import student_t_quantile, student_t_tail
from benchkit.stats.paired import hodges_lehmann, median_interval, median_of, min_blocks, signed_rank_p
from benchkit.stats.sample import Sample


def restarts_of(manifest: Manifest) -> int:
    """How often the processes started; 1 in runs that did not record it."""
    return max(1, int(manifest.load.get("restarts", 1)))


def start_of_block(manifest: Manifest, blocks: Any) -> Any:
    """The start that each block, measured or warm-up, belongs to."""
    first = first_blocks_of(manifest)
    return np.searchsorted(first[1:-1], np.asarray(blocks), side="right")


def first_blocks_of(manifest: Manifest) -> tuple[int, ...]:
    """As LoadSpec.first_blocks."""
    return first_blocks(manifest.blocks, manifest.warmup_blocks, restarts_of(manifest))


def is_warmup(manifest: Manifest, blocks: Any) -> Any:
    """Of each block, by its number in the plan."""
    first = np.array(first_blocks_of(manifest))
    return np.asarray(blocks) - first[start_of_block(manifest, blocks)] < manifest.warmup_blocks


def measured_blocks_of(manifest: Manifest) -> int:
    """Of each condition; fewer than the plan had where the run ended because all was decided."""
    return manifest.blocks if manifest.decided is None else min(manifest.blocks, manifest.decided)


def block_ranges(manifest: Manifest) -> list[tuple[int, int]]:
    """Of each start that was to send: the number of its first block, its warm-up, and the number after its last one."""
    ranges, left = [], measured_blocks_of(manifest)
    for first, end in pairwise(first_blocks_of(manifest)):
        measured = min(left, end - first - manifest.warmup_blocks)
        if left > 0:
            ranges.append((first, first + manifest.warmup_blocks + measured))
        left -= measured
    return ranges


def measured_number(manifest: Manifest, block: int) -> int:
    """The place of a measured block among the measured blocks, from 1: what a reader calls it."""
    start = int(start_of_block(manifest, [block])[0])
    return block + 1 - (start + 1) * manifest.warmup_blocks


def senders_in_starts(manifest: Manifest, senders: Any, blocks: Any) -> int:
    """Virtual senders, each counted once for every start in which it sent: as many as kept connections."""
    return len(
        np.unique(np.asarray(senders, dtype=np.int64) * restarts_of(manifest) + start_of_block(manifest, blocks))
    )


def clusters_of(manifest: Manifest, blocks: Any, independent: int) -> Clusters:
    """The clusters of an arm's messages by their blocks: starts where there are several, else blocks."""
    number = start_of_block(manifest, blocks) if restarts_of(manifest) > 1 else blocks
    found, index = np.unique(number, return_inverse=True)
    return Clusters(index, len(found), independent)


def clusters_of_sample(manifest: Manifest, sample: Sample) -> Clusters:
    """Messages that share a request have one start time, and are a single observation."""
    shared = manifest.arms[sample.arm].messages_per_request > 1
    independent = len(np.unique(sample.rows["started_ns"])) if shared else sample.started
    return clusters_of(manifest, sample.rows["block"], independent)


def units_interval(values: Any, starts: Any, confidence: float) -> tuple[float, float] | None:
    """The interval of the median of `values` by block: over blocks with one start, else over the medians of the starts.

    Fewer starts than order statistics need are averaged, with Student's t; None where nothing bounds it.
    """
    medians = _medians(values, starts)
    if len(medians) <= 1:
        return median_interval(values, confidence)
    if np.isnan(medians).any():
        return None
    if len(medians) >= min_blocks(confidence):
        return median_interval(medians, confidence)
    return _t_interval(medians, confidence)


def units_p(values: Any, starts: Any) -> float:
    """Two-sided p that the median is 0: Wilcoxon's over blocks with one start, else Student's t over the starts' medians."""
    medians = _medians(values, starts)
    if len(medians) <= 1 or not np.isfinite(medians).all():
        return signed_rank_p(values if len(medians) <= 1 else medians)
    error = float(medians.std(ddof=1)) / sqrt(len(medians))
    t = abs(float(medians.mean())) / error if error > 0 else inf * float(medians.any())
    return min(1.0, 2 * student_t_tail(t, len(medians) - 1)) if t == t else 1.0


def units_shift(differences: Any, starts: Any, confidence: float) -> Estimate:
    """Hodges and Lehmann's shift of all blocks, with an interval over blocks, or over the shifts of several starts."""
    every = hodges_lehmann(differences, confidence)
    numbers = np.unique(starts)
    if len(numbers) <= 1 or every.value is None:
        return every
    shifts = [hodges_lehmann(differences[starts == number], confidence).value for number in numbers]
    if None in shifts:
        return Estimate(every.value)
    over_starts = hodges_lehmann(np.array(shifts), confidence)
    if over_starts.low is not None:
        return Estimate(every.value, over_starts.low, over_starts.high)
    low, high = _t_interval(np.array(shifts), confidence) or (None, None)
    return Estimate(every.value, low, high)


def _medians(values: Any, starts: Any) -> Any:
    return np.array([median_of(values[starts == number]) for number in np.unique(starts)])


def _t_interval(units: Any, confidence: float) -> tuple[float, float] | None:
    if not np.isfinite(units).all():
        return None
    half = student_t_quantile((1 + confidence) / 2, len(units) - 1) * float(units.std(ddof=1)) / sqrt(len(units))
    return float(units.mean()) - half, float(units.mean()) + half
