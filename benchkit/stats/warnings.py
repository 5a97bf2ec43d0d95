"""Warnings about the numbers, as codes; those about an arm's times are in time_warnings.py. They leave the run valid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchkit.model.load import LoadModel
from benchkit.model.notice import Code, Notice, notice
from benchkit.model.registration import is_as_registered
from benchkit.model.run import ArmRecord, Manifest, Run, RunStatus
from benchkit.model.summary import ArmSummary, DeliveryReport
from benchkit.model.tls_difference import tls_difference
from benchkit.stats.aa import MIN_STARTS, MIN_TESTED, is_tested
from benchkit.stats.comparison import Comparison
from benchkit.stats.delivery import Delivery, is_observed
from benchkit.stats.sample import Samples
from benchkit.stats.saturation import MOST_QUEUED
from benchkit.stats.standstills import standstills
from benchkit.stats.starts import measured_blocks_of, measured_number, restarts_of
from benchkit.stats.stationarity import is_resemblance
from benchkit.stats.time_warnings import warnings_of_starts, warnings_of_times

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
        *warnings_of_starts(run, samples),
        *_of_the_design(run.manifest, comparisons),
        *(warning for comparison in comparisons for warning in _of_blocks(run.manifest, comparison, len(comparisons))),
        *warnings_of_times(run, samples, arms),
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
    yield from _of_the_security(manifest.arms, comparisons)


def _of_the_sandboxes(arms: Sequence[ArmRecord]) -> Iterator[Notice]:
    """Embedded servers are left out: they answer a mail in a sandbox as any other."""
    foreign = [arm for arm in arms if not arm.embedded and arm.transport != "null"]
    tested, real = ([arm.name for arm in foreign if bool(arm.sandbox) is own] for own in (True, False))
    if tested and real:
        yield notice(Code.SANDBOXES_DIFFER, tested=", ".join(tested), real=", ".join(real))


def _of_the_security(arms: Sequence[ArmRecord], comparisons: Sequence[Comparison]) -> Iterator[Notice]:
    """A null arm has no connection."""
    pairs = [(arms[one.pair.arm], arms[one.pair.reference]) for one in comparisons]
    found = tls_difference(
        ((first.name, first.security), (second.name, second.security))
        for first, second in pairs
        if "null" not in (first.transport, second.transport)
    )
    if found.without:
        yield notice(Code.SECURITY_DIFFERS, without=found.without, with_tls=found.with_tls)


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
