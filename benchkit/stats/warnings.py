"""Warnings about the numbers, as codes. They leave the run valid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from benchkit.model.load import LoadModel
from benchkit.model.notice import Code, Notice, notice
from benchkit.model.registration import is_as_registered
from benchkit.model.run import ArmRecord, Manifest, Run, RunStatus
from benchkit.model.summary import ArmSummary, DeliveryReport
from benchkit.stats.aa import MIN_STARTS, MIN_TESTED, is_tested
from benchkit.stats.blocks import block_values, metric_of
from benchkit.stats.comparison import Comparison
from benchkit.stats.delivery import Delivery, is_observed
from benchkit.stats.sample import Samples
from benchkit.stats.saturation import MOST_QUEUED
from benchkit.stats.standstills import standstills
from benchkit.stats.starts import measured_blocks_of, measured_number, restarts_of, start_of_block
from benchkit.stats.stationarity import (
    MIN_BLOCKS_OF_START,
    LevelChange,
    change_point,
    is_resemblance,
    slow_beginning,
    slow_first_blocks,
)

LATE_SHARE = 0.01


def warnings_of(
    run: Run, samples: Samples, delivery: Delivery, account: DeliveryReport,
    arms: Sequence[ArmSummary], comparisons: Sequence[Comparison],
) -> tuple[Notice, ...]:  # fmt: skip
    """Each once; `arms` are those of summarise_arms: every arm of the manifest under each condition in turn."""
    records = run.manifest.arms * len(run.manifest.conditions)
    found = (
        *(notice(Code.RECORDED, text=warning) for warning in run.manifest.warnings),
        *_of_the_run(run, delivery, account),
        *_of_the_registration(run.manifest),
        *_of_the_starts(run, samples),
        *_of_the_design(run.manifest, comparisons),
        *(warning for comparison in comparisons for warning in _of_blocks(run.manifest, comparison, len(comparisons))),
        *_of_times(run, samples, arms),
        *(
            warning
            for arm, record in zip(arms, records, strict=True)
            for warning in _of_an_arm(run.manifest, arm, record)
        ),
    )
    return tuple(one for number, one in enumerate(found) if one not in found[:number])


def _of_the_run(run: Run, delivery: Delivery, account: DeliveryReport) -> Iterator[Notice]:
    if run.manifest.status is RunStatus.INTERRUPTED:
        yield notice(Code.INTERRUPTED, unsent=account.unsent, planned=account.planned)
    if run.recovered:
        yield notice(Code.RECOVERED, missing=account.missing, unaccounted=account.unaccounted, unread=delivery.unread)
    elif delivery.unread:
        yield notice(Code.ARRIVALS_UNREAD, count=delivery.unread)
    for one in standstills(run):
        several = len(run.manifest.conditions) > 1
        blocks = tuple(str(measured_number(run.manifest, block)) for block in one.blocks)
        yield notice(
            Code.STOOD_STILL, run.manifest.conditions[one.condition].name if several else "",
            seconds=one.lasted_ns / 1e9, blocks=blocks,
        )  # fmt: skip
    for condition in run.manifest.conditions:
        if condition.note:
            yield notice(Code.RECORDED, condition.name, text=condition.note)


def _of_the_registration(manifest: Manifest) -> Iterator[Notice]:
    if not is_as_registered(manifest):
        yield notice(Code.NOT_AS_REGISTERED)


def _of_the_design(manifest: Manifest, comparisons: Sequence[Comparison]) -> Iterator[Notice]:
    copies = [comparison for comparison in comparisons if comparison.pair.aa]
    if comparisons and not copies:
        yield notice(Code.NO_AA)
    elif copies and not any(is_tested(copy) for copy in copies):
        several = restarts_of(manifest) > 1
        found = max(copy.starts if several else copy.blocks for copy in copies)
        needs, unit = (MIN_STARTS, "starts") if several else (MIN_TESTED, "blocks")
        yield notice(Code.AA_NOT_TESTED, needs=needs, blocks=found, unit=unit)
    if unseen := [arm.name for arm in manifest.arms if not is_observed(arm)]:
        yield notice(Code.ARRIVALS_NOT_OBSERVED, arms=", ".join(unseen))
    yield from _of_the_sandboxes(manifest.arms)


def _of_the_sandboxes(arms: Sequence[ArmRecord]) -> Iterator[Notice]:
    """Embedded servers are left out: they answer a mail in a sandbox as any other."""
    foreign = [arm for arm in arms if not arm.embedded and arm.transport != "null"]
    tested, real = ([arm.name for arm in foreign if bool(arm.sandbox) is own] for own in (True, False))
    if tested and real:
        yield notice(Code.SANDBOXES_DIFFER, tested=", ".join(tested), real=", ".join(real))


def _of_times(run: Run, samples: Samples, arms: Sequence[ArmSummary]) -> Iterator[Notice]:
    """What an arm's percentiles hide: two groups of messages, and times that changed during the run."""
    metric = metric_of(run.manifest.load["model"])
    for sample, arm in zip(samples.values(), arms, strict=True):
        label = run.manifest.label_of(arm.name, arm.condition)
        if arm.two_groups:
            share, times = arm.two_groups.slow_share, arm.two_groups.times_slower
            yield notice(Code.TWO_GROUPS, label, percent=100 * share, times=times)
        values = block_values(sample, metric, run.manifest.messages_per_block)
        yield from _of_a_series(run.manifest, label, values, len(samples))


def _of_a_series(manifest: Manifest, label: str, values: Mapping[int, float], series: int) -> Iterator[Notice]:
    blocks = np.array(sorted(values), dtype=np.int64)
    times_ms = np.array([values[block] for block in blocks])
    if restarts_of(manifest) > 1:
        return  # each start has its own level, and the interval knows it
    if change := slow_beginning(times_ms, series):
        yield notice(Code.SLOW_BEGINNING, label, blocks=change.place, **_change(change))
    elif change := change_point(times_ms, series):
        yield notice(Code.TIMES_CHANGED, label, block=change.place + 1, blocks=len(times_ms), **_change(change))


def _of_the_starts(run: Run, samples: Samples) -> Iterator[Notice]:
    """Each start has a warm-up of its own, which may be too short."""
    if restarts_of(run.manifest) == 1:
        return
    metric, pairs = metric_of(run.manifest.load["model"]), []
    for sample in samples.values():
        values = block_values(sample, metric, run.manifest.messages_per_block)
        blocks, times_ms = (
            np.array(sorted(values), dtype=np.int64),
            np.array([values[block] for block in sorted(values)]),
        )
        starts = start_of_block(run.manifest, blocks)
        pairs += [times_ms[starts == start] for start in np.unique(starts)]
    known = [times_ms for times_ms in pairs if len(times_ms) >= MIN_BLOCKS_OF_START and np.isfinite(times_ms).all()]
    firsts = np.array([times_ms[0] for times_ms in known])
    others = np.array([np.median(times_ms[1:]) for times_ms in known])
    if found := slow_first_blocks(firsts, others):
        yield notice(Code.SLOW_STARTS, count=found[0], starts=len(known), percent=100 * (found[1] - 1))


def _change(change: LevelChange) -> Mapping[str, float]:
    return {"before_ms": change.before_ms, "after_ms": change.after_ms}


def _of_blocks(manifest: Manifest, comparison: Comparison, series: int) -> Iterator[Notice]:
    names = " and ".join(manifest.arms[index].name for index in (comparison.pair.arm, comparison.pair.reference))
    label = manifest.label_of(names, manifest.conditions[comparison.condition].name)
    if comparison.incomplete:
        yield notice(Code.BLOCKS_INCOMPLETE, label, count=comparison.incomplete, blocks=measured_blocks_of(manifest))
    if comparison.undefined:
        yield notice(Code.BLOCKS_UNDEFINED, label, count=comparison.undefined)
    if comparison.failed:
        yield notice(Code.BLOCKS_FAILED, label, count=comparison.failed, blocks=comparison.blocks)
    alike = comparison.resemblance
    if alike is not None and is_resemblance(alike, comparison.blocks, series):
        yield notice(Code.RATIOS_RESEMBLE, label, correlation=alike)


def _of_an_arm(manifest: Manifest, arm: ArmSummary, record: ArmRecord) -> Iterator[Notice]:
    label, started = manifest.label_of(arm.name, arm.condition), arm.accepted + arm.failed
    if arm.failed and not record.expects_faults:
        yield notice(Code.MESSAGES_FAILED, label, count=arm.failed, started=started)
    if arm.retransmitted:
        yield notice(Code.RETRANSMITS, label, count=arm.retransmitted, started=started)
    if needs := arm.service_ms["p95"].needs:
        yield notice(
            Code.P95_NEEDS, label, needs=needs, unit="samples" if record.messages_per_request == 1 else "requests"
        )
    if arm.unsent and manifest.status is RunStatus.COMPLETE:
        yield notice(Code.NEVER_STARTED, label, count=arm.unsent)
    if manifest.load["model"] != LoadModel.TALK and not arm.saturated and (arm.generator.queued or 0.0) > MOST_QUEUED:
        yield notice(Code.WAITED_FOR_CORE, label)
    if manifest.load["model"] == LoadModel.OPEN and arm.late > LATE_SHARE * started:
        yield notice(Code.LATE_STARTS, label, count=arm.late, started=started, own=arm.generator.late)
