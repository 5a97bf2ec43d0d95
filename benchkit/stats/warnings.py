"""What a reader should know before believing the numbers: warnings, which leave the run valid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from benchkit.model.run import ArmRecord, Manifest, Run, RunStatus
from benchkit.model.scenario import LoadModel
from benchkit.model.summary import ArmSummary, DeliveryReport
from benchkit.stats.comparison import Comparison
from benchkit.stats.delivery import Delivery, is_observed
from benchkit.stats.labels import label_of
from benchkit.stats.saturation import MOST_QUEUED

LATE_SHARE = 0.01


def warnings_of(
    run: Run, delivery: Delivery, account: DeliveryReport, arms: Sequence[ArmSummary], comparisons: Sequence[Comparison]
) -> tuple[str, ...]:
    """Each once; `arms` are those of summarise_arms: every arm of the manifest under each condition in turn."""
    records = run.manifest.arms * len(run.manifest.conditions)
    found = (
        *run.manifest.warnings,
        *_of_the_run(run, delivery, account),
        *_of_the_design(run.manifest.arms, comparisons),
        *_together(said for comparison in comparisons for said in _of_blocks(run.manifest, comparison)),
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
            "the run was recovered from its spool and its last second may be lost: "
            f"{account.missing} accepted messages without an arrival, {account.unaccounted} arrivals without a record, "
            f"{delivery.unread} arrivals without their content"
        )
    elif delivery.unread:
        yield f"{delivery.unread} arrivals could not be compared: there was no room to keep what they contained"
    yield from (f"{condition.name}: {condition.note}" for condition in run.manifest.conditions if condition.note)


def _of_the_design(arms: Sequence[ArmRecord], comparisons: Sequence[Comparison]) -> Iterator[str]:
    if comparisons and not any(comparison.pair.aa for comparison in comparisons):
        yield "no A/A arm: nothing shows how far this machine differs from itself"
    if unseen := [arm.name for arm in arms if not is_observed(arm)]:
        yield f"arrivals are not observed for: {', '.join(unseen)}"


def _of_blocks(manifest: Manifest, comparison: Comparison) -> Iterator[tuple[str, str]]:
    names = " and ".join(manifest.arms[index].name for index in (comparison.pair.arm, comparison.pair.reference))
    label = label_of(manifest, names, manifest.conditions[comparison.condition].name)
    if comparison.incomplete:
        yield label, f"{comparison.incomplete} of {manifest.blocks} blocks left out because they are incomplete"
    if comparison.undefined:
        yield label, f"{comparison.undefined} blocks left out because too many messages failed to give them a time"


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
