"""What a reader should know before believing the numbers: warnings, which leave the run valid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from benchkit.model.load import LoadModel
from benchkit.model.run import ArmRecord, Manifest, Run, RunStatus
from benchkit.model.summary import ArmSummary, DeliveryReport
from benchkit.stats.aa import MIN_TESTED, is_tested
from benchkit.stats.blocks import block_values, metric_of
from benchkit.stats.comparison import Comparison
from benchkit.stats.delivery import Delivery, is_observed
from benchkit.stats.labels import label_of
from benchkit.stats.sample import Samples
from benchkit.stats.saturation import MOST_QUEUED
from benchkit.stats.standstills import standstills
from benchkit.stats.starts import measured_number, restarts_of
from benchkit.stats.stationarity import Change, change_point, slow_beginning

LATE_SHARE = 0.01


def warnings_of(
    run: Run, samples: Samples, delivery: Delivery, account: DeliveryReport,
    arms: Sequence[ArmSummary], comparisons: Sequence[Comparison],
) -> tuple[str, ...]:  # fmt: skip
    """Each once; `arms` are those of summarise_arms: every arm of the manifest under each condition in turn."""
    records = run.manifest.arms * len(run.manifest.conditions)
    found = (
        *run.manifest.warnings,
        *_of_the_run(run, delivery, account),
        *_of_the_design(run.manifest, comparisons),
        *_together(said for comparison in comparisons for said in _of_blocks(run.manifest, comparison)),
        *_together(_of_times(run, samples, arms)),
        *_together(
            (said for arm, record in zip(arms, records, strict=True) for said in _of_an_arm(run.manifest, arm, record)),
            everybody=len(arms),
        ),
    )
    return tuple(dict.fromkeys(found))


def _together(said: Iterable[tuple[str, str]], everybody: int = 0) -> Iterator[str]:
    """(subject, text) pairs as lines; subjects of which the same is to be said share one, and all of them need no names."""
    subjects: dict[str, list[str]] = {}
    for subject, text in said:
        subjects.setdefault(text, []).append(subject)
    for text, sharing in subjects.items():
        who = "every arm" if len(sharing) == everybody > 1 else "; ".join(sharing)
        yield f"{who}: {text}"


def _of_the_run(run: Run, delivery: Delivery, account: DeliveryReport) -> Iterator[str]:
    if run.manifest.status is RunStatus.INTERRUPTED:
        yield f"the run was interrupted: {account.unsent} of {account.planned} sends were never started"
    if run.recovered:
        yield (
            "the run was never closed and was recovered from its files, of which a crash of the machine may have lost the end: "
            f"{account.missing} accepted messages without an arrival, {account.unaccounted} arrivals without a record, "
            f"{delivery.unread} arrivals without their content"
        )
    elif delivery.unread:
        yield f"{delivery.unread} arrivals could not be compared: there was no room to keep what they contained"
    for one in standstills(run):
        label = label_of(run.manifest, "this machine or its processes", run.manifest.conditions[one.condition].name)
        blocks = ", ".join(str(measured_number(run.manifest, block)) for block in one.blocks)
        yield f"{label} stood still for {one.lasted_ns / 1e9:.1f} s: block {blocks} is left out for every arm"
    yield from (f"{condition.name}: {condition.note}" for condition in run.manifest.conditions if condition.note)


def _of_the_design(manifest: Manifest, comparisons: Sequence[Comparison]) -> Iterator[str]:
    copies = [comparison for comparison in comparisons if comparison.pair.aa]
    if comparisons and not copies:
        yield "no A/A arm: nothing shows how far this machine differs from itself"
    elif copies and not any(is_tested(copy) for copy in copies):
        yield f"A/A was not tested: the rule needs {MIN_TESTED} blocks, and this run has {max(c.blocks for c in copies)}"
    if unseen := [arm.name for arm in manifest.arms if not is_observed(arm)]:
        yield f"arrivals are not observed for: {', '.join(unseen)}"


def _of_times(run: Run, samples: Samples, arms: Sequence[ArmSummary]) -> Iterator[tuple[str, str]]:
    """What an arm's percentiles hide: two groups of messages, and times that changed during the run."""
    metric = metric_of(run.manifest.load["model"])
    for sample, arm in zip(samples.values(), arms, strict=True):
        label = label_of(run.manifest, arm.name, arm.condition)
        if arm.two_groups:
            share, times = arm.two_groups.slow_share, arm.two_groups.times_slower
            yield (
                label,
                f"its times form two groups: {100 * share:.0f} % of the messages take {times:.1f} times as long",
            )
        values = block_values(sample, metric, run.manifest.messages_per_block)
        yield from ((label, text) for text in _of_a_series(run.manifest, values, len(samples)))


def _of_a_series(manifest: Manifest, values: Mapping[int, float], series: int) -> Iterator[str]:
    blocks = np.array(sorted(values), dtype=np.int64)
    times_ms = np.array([values[block] for block in blocks])
    if restarts_of(manifest) > 1:
        return  # each start has its own level, and the interval knows it
    if change := slow_beginning(times_ms, series):
        yield f"the first {change.place} measured blocks were slower ({_change(change)}): use more warm-up blocks"
    elif change := change_point(times_ms, series):
        yield f"its times changed near measured block {change.place + 1} of {len(times_ms)} ({_change(change)})"


def _change(change: Change) -> str:
    return f"median {change.before_ms:.3g} ms before, {change.after_ms:.3g} ms after"


def _of_blocks(manifest: Manifest, comparison: Comparison) -> Iterator[tuple[str, str]]:
    names = " and ".join(manifest.arms[index].name for index in (comparison.pair.arm, comparison.pair.reference))
    label = label_of(manifest, names, manifest.conditions[comparison.condition].name)
    if comparison.incomplete:
        yield label, f"{comparison.incomplete} of {manifest.blocks} blocks left out because they are incomplete"
    if comparison.undefined:
        yield label, f"{comparison.undefined} blocks left out because too many messages failed in both arms"
    if comparison.failed:
        yield (
            label,
            f"in {comparison.failed} of {comparison.blocks} blocks one arm failed: they count as slower than any other",
        )


def _of_an_arm(manifest: Manifest, arm: ArmSummary, record: ArmRecord) -> Iterator[tuple[str, str]]:
    label, started = label_of(manifest, arm.name, arm.condition), arm.accepted + arm.failed
    if arm.failed and not record.expects_faults:
        yield label, f"{arm.failed} of {started} messages failed"
    if arm.retransmitted:
        yield label, f"{arm.retransmitted} of {started} messages met a retransmit"
    if needs := arm.service_ms["p95"].needs:
        yield label, f"a 95th percentile needs {needs} {'samples' if record.messages_per_request == 1 else 'requests'}"
    if arm.unsent and manifest.status is RunStatus.COMPLETE:
        yield label, f"{arm.unsent} planned messages were never started"
    if manifest.load["model"] != LoadModel.TALK and not arm.saturated and (arm.generator.queued or 0.0) > MOST_QUEUED:
        yield label, "the generator waited for a core more than a tenth of the time: leave the machine to the run"
    if manifest.load["model"] == LoadModel.OPEN and arm.late > LATE_SHARE * started:
        own = f", {arm.generator.late} of them although a connection was free" if arm.generator.late else ""
        yield label, f"{arm.late} of {started} messages started more than 1 ms late{own}"
