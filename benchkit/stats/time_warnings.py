"""Warnings about an arm's times, as codes: what its percentiles hide, and where its intervals are too narrow.

Blocks that changed during the run, that resemble their neighbours, or of which a few are far from the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from benchkit.model.notice import Code, Notice, notice
from benchkit.model.run import Manifest, Run
from benchkit.model.summary import ArmSummary
from benchkit.stats.blocks import block_values, metric_of
from benchkit.stats.outlying_blocks import outlying_blocks
from benchkit.stats.sample import Sample, Samples
from benchkit.stats.starts import measured_number, restarts_of, start_of_block
from benchkit.stats.stationarity import (
    MIN_BLOCKS_OF_START,
    LevelChange,
    change_point,
    is_resemblance,
    resemblance,
    slow_beginning,
    slow_first_blocks,
)


def warnings_of_times(run: Run, samples: Samples, arms: Sequence[ArmSummary]) -> Iterator[Notice]:
    """Of every arm under each condition; `arms` are in the order of `samples`."""
    alike: dict[str, dict[str, float]] = {}  # condition → arm → correlation
    for sample, arm in zip(samples.values(), arms, strict=True):
        label = run.manifest.label_of(arm.name, arm.condition)
        if arm.two_groups:
            share, times = arm.two_groups.slow_share, arm.two_groups.times_slower
            yield notice(Code.TWO_GROUPS, label, percent=100 * share, times=times)
        blocks, times_ms = _series(run.manifest, sample)
        changed = list(_of_changes(run.manifest, label, times_ms, len(samples)))
        yield from changed
        units, values_ms = _units(run.manifest, blocks, times_ms)
        yield from _of_outliers(run.manifest, label, units, values_ms, len(samples))
        # A change makes neighbours alike: it is said once.
        correlation = resemblance(values_ms)
        if not changed and correlation is not None and is_resemblance(correlation, len(values_ms), len(samples)):
            alike.setdefault(arm.condition, {})[arm.name] = correlation
    for condition, correlations in alike.items():
        label = run.manifest.label_of(", ".join(correlations), condition)
        yield notice(Code.TIMES_RESEMBLE, label, correlation=max(correlations.values()), unit=_unit(run.manifest))


def warnings_of_starts(run: Run, samples: Samples) -> Iterator[Notice]:
    """Each start has a warm-up of its own, which may be too short."""
    if restarts_of(run.manifest) == 1:
        return
    pairs: list[Any] = []
    for sample in samples.values():
        blocks, times_ms = _series(run.manifest, sample)
        starts = start_of_block(run.manifest, blocks)
        pairs += [times_ms[starts == start] for start in np.unique(starts)]
    known = [times_ms for times_ms in pairs if len(times_ms) >= MIN_BLOCKS_OF_START and np.isfinite(times_ms).all()]
    firsts = np.array([times_ms[0] for times_ms in known])
    others = np.array([np.median(times_ms[1:]) for times_ms in known])
    if found := slow_first_blocks(firsts, others):
        yield notice(Code.SLOW_STARTS, count=found[0], starts=len(known), percent=100 * (found[1] - 1))


def _series(manifest: Manifest, sample: Sample) -> tuple[Any, Any]:
    """The numbers of an arm's complete blocks, and what the arm is compared by in each of them."""
    values = block_values(sample, metric_of(manifest.load["model"]), manifest.messages_per_block)
    blocks = np.array(sorted(values), dtype=np.int64)
    return blocks, np.array([values[block] for block in sorted(values)])


def _of_changes(manifest: Manifest, label: str, times_ms: Any, series: int) -> Iterator[Notice]:
    if restarts_of(manifest) > 1:
        return  # each start has its own level, and the interval knows it
    if change := slow_beginning(times_ms, series):
        yield notice(Code.SLOW_BEGINNING, label, blocks=change.place, **_change(change))
    elif change := change_point(times_ms, series):
        yield notice(Code.TIMES_CHANGED, label, block=change.place + 1, blocks=len(times_ms), **_change(change))


def _change(change: LevelChange) -> Mapping[str, float]:
    return {"before_ms": change.before_ms, "after_ms": change.after_ms}


def _of_outliers(manifest: Manifest, label: str, units: Any, values_ms: Any, series: int) -> Iterator[Notice]:
    found = outlying_blocks(values_ms, series)
    if found is not None:
        places = tuple(str(unit) for unit in units[found.index])
        yield notice(
            Code.BLOCKS_OUTLYING, label, places=places, count=len(units), times=found.times, unit=_unit(manifest)
        )


def _unit(manifest: Manifest) -> str:
    return "starts" if restarts_of(manifest) > 1 else "blocks"


def _units(manifest: Manifest, blocks: Any, times_ms: Any) -> tuple[Any, Any]:
    """The places, from 1, of what the arm's intervals take as independent, and the median of each: blocks, or starts."""
    if restarts_of(manifest) == 1:
        return np.array([measured_number(manifest, int(block)) for block in blocks]), times_ms
    starts = start_of_block(manifest, blocks)
    numbers = np.unique(starts)
    return numbers + 1, np.array([np.median(times_ms[starts == number]) for number in numbers])
