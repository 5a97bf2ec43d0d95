"""What a reader should know before believing the numbers: warnings, which leave the run valid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchkit.model.run import ArmRecord, Run, RunStatus
from benchkit.model.scenario import LoadModel
from benchkit.model.summary import Account, ArmSummary
from benchkit.stats.comparison import Comparison
from benchkit.stats.delivery import Delivery, is_observed
from benchkit.stats.sample import Samples

LATE_SHARE = 0.01


def cautions_of(
    run: Run,
    samples: Samples,
    delivery: Delivery,
    arms: Sequence[ArmSummary],
    comparisons: Sequence[Comparison],
    account: Account,
) -> tuple[str, ...]:
    found = (
        *run.manifest.warnings,
        *_of_the_run(run, delivery, account),
        *_of_the_design(run.manifest.arms, comparisons),
        *(text for comparison in comparisons for text in _of_blocks(run, comparison)),
        *(text for arm, sample in zip(arms, samples.values(), strict=True)
          for text in _of_an_arm(run, arm, run.manifest.arms[sample.arm])),
    )  # fmt: skip
    return tuple(dict.fromkeys(found))


def _of_the_run(run: Run, delivery: Delivery, account: Account) -> Iterator[str]:
    if run.manifest.status is RunStatus.INTERRUPTED:
        yield f"the run was interrupted: {account.unsent} of {account.planned} sends were never started"
    if run.recovered:
        yield (
            "the run was recovered from its spool and its last second may be lost: "
            f"{account.missing} accepted messages without an arrival, {account.unaccounted} arrivals without a record, "
            f"{delivery.unread} arrivals without their content"
        )
    yield from (f"{condition.name}: {condition.note}" for condition in run.manifest.conditions if condition.note)


def _of_the_design(arms: Sequence[ArmRecord], comparisons: Sequence[Comparison]) -> Iterator[str]:
    if comparisons and not any(comparison.pair.aa for comparison in comparisons):
        yield "no A/A arm: nothing shows how far this machine differs from itself"
    if unseen := [arm.name for arm in arms if not is_observed(arm)]:
        yield f"arrivals are not observed for: {', '.join(unseen)}"


def _of_blocks(run: Run, comparison: Comparison) -> Iterator[str]:
    pair = comparison.pair
    names = " and ".join(run.manifest.arms[index].name for index in (pair.arm, pair.reference))
    if comparison.incomplete:
        yield f"{names}: {comparison.incomplete} of {run.manifest.blocks} blocks left out because they are incomplete"
    if comparison.undefined:
        yield f"{names}: {comparison.undefined} blocks left out because too many messages failed to give them a time"


def _of_an_arm(run: Run, arm: ArmSummary, record: ArmRecord) -> Iterator[str]:
    started = arm.accepted + arm.failed
    if arm.failed and not record.expects_faults:
        yield f"{arm.name}: {arm.failed} of {started} messages failed"
    if needs := arm.service_ms["p95"].needs:
        yield f"{arm.name}: {started} samples; a 95th percentile needs {needs}"
    if arm.unsent and run.manifest.status is RunStatus.COMPLETE:
        yield f"{arm.name}: {arm.unsent} planned messages were never started"
    if run.manifest.load["model"] == LoadModel.OPEN and arm.late > LATE_SHARE * started:
        yield f"{arm.name}: {arm.late} of {started} messages started more than 1 ms late"
