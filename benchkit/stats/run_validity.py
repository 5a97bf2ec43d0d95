"""Why a run is invalid, as codes; a run without one is valid. Slow or failing mail is no such reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from benchkit.model.notice import Code, Notice, notice
from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import CHILDREN_LOG, Manifest, Run, RunStatus
from benchkit.model.summary import DeliveryReport
from benchkit.stats.comparison import Comparison
from benchkit.stats.rows_by_send import recorded_once
from benchkit.stats.standstills import SLEPT_S


def reasons_against(run: Run, account: DeliveryReport, differing: Sequence[Comparison]) -> tuple[Notice, ...]:
    return (
        *_broken(run),
        *_account_reasons(account, recovered=run.recovered),
        *(_differing(run.manifest, comparison) for comparison in differing),
    )


def _differing(manifest: Manifest, comparison: Comparison) -> Notice:
    """The A/A pair that differs, with its ratio and interval."""
    arm, reference = (manifest.arms[index].name for index in (comparison.pair.arm, comparison.pair.reference))
    low, high = comparison.ci or (float("nan"), float("nan"))
    ratio = float("nan") if comparison.ratio is None else comparison.ratio
    return notice(Code.AA_DIFFERS, arm=arm, reference=reference, ratio=ratio, low=low, high=high)


def _broken(run: Run) -> Iterator[Notice]:
    if run.manifest.status is RunStatus.BROKEN:
        log = run.path / CHILDREN_LOG
        yield notice(Code.RUN_BROKE, cause=run.manifest.broke_because, log=CHILDREN_LOG if log.is_file() else "")
    if (slept_s := run.manifest.host.get("slept_s", 0.0)) > SLEPT_S:
        yield notice(Code.MACHINE_SLEPT, seconds=slept_s)
    if not np.any(~run.messages["warmup"] & (run.messages["outcome"] == OutcomeKind.ACCEPTED)):
        yield notice(Code.NOTHING_ACCEPTED)
    if strange := len(run.messages["send"]) - len(recorded_once(run)):
        yield notice(Code.RECORDS_NOT_PLANNED, count=strange)


def _account_reasons(account: DeliveryReport, *, recovered: bool) -> Iterator[Notice]:
    """Where the last second was lost, absence proves nothing, neither of an arrival nor of a record."""
    if account.in_doubt:
        most = account.accepted + account.ambiguous + account.in_doubt
        yield notice(Code.SENDS_IN_DOUBT, count=account.in_doubt, accepted=account.accepted, most=most)
    if account.missing and not recovered:
        yield notice(Code.MESSAGES_MISSING, count=account.missing)
    if account.duplicates:
        yield notice(Code.MESSAGES_DUPLICATED, count=account.duplicates)
    if account.other_recipients:
        yield notice(Code.OTHER_RECIPIENTS, count=account.other_recipients)
    if account.other_sender:
        yield notice(Code.OTHER_SENDER, count=account.other_sender)
    if account.altered_content:
        yield notice(Code.MESSAGES_ALTERED, count=account.altered_content)
    if account.unaccounted and not recovered:
        yield notice(Code.ARRIVALS_UNACCOUNTED, count=account.unaccounted)
