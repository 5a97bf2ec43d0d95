"""Why a run cannot be believed, one line each; a run without such a line is valid. Slow or failing mail is no such reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import Manifest, Run, RunStatus
from benchkit.model.summary import DeliveryReport
from benchkit.stats.comparison import Comparison
from benchkit.stats.rows_by_send import recorded_once
from benchkit.stats.standstills import SLEPT_S


def reasons_against(run: Run, account: DeliveryReport, differing: Sequence[Comparison]) -> tuple[str, ...]:
    return (
        *_broken(run),
        *_account_reasons(account, recovered=run.recovered),
        *(differing_text(run.manifest, comparison) for comparison in differing),
    )


def differing_text(manifest: Manifest, comparison: Comparison) -> str:
    """The A/A pair that differs, with its ratio and interval."""
    arm, reference = (manifest.arms[index].name for index in (comparison.pair.arm, comparison.pair.reference))
    low, high = comparison.ci or (float("nan"), float("nan"))
    return f"A/A differs: {arm} against {reference} is {comparison.ratio:.3f} [{low:.3f}, {high:.3f}]"


def _broken(run: Run) -> Iterator[str]:
    if run.manifest.status is RunStatus.BROKEN:
        yield "the run broke: one of its processes died or reported a defect"
    if (slept_s := run.manifest.host.get("slept_s", 0.0)) > SLEPT_S:
        yield f"this machine slept for {slept_s:.1f} s during the run: times and connections do not mean what they should"
    if not np.any(~run.messages["warmup"] & (run.messages["outcome"] == OutcomeKind.ACCEPTED)):
        yield "nothing measured: no message outside the warm-up was accepted"
    if strange := len(run.messages["send"]) - len(recorded_once(run)):
        yield f"{strange} records are of sends that are not in the plan or were recorded already"


def _account_reasons(account: DeliveryReport, *, recovered: bool) -> Iterator[str]:
    """Where the last second was lost, absence proves nothing, neither of an arrival nor of a record."""
    if account.in_doubt:
        most = account.accepted + account.ambiguous + account.in_doubt
        yield (
            f"{account.in_doubt} sends are in doubt: they were started and have no record, because their process died or "
            f"still runs. Between {account.accepted} and {most} messages were accepted"
        )
    if account.missing and not recovered:
        yield f"{account.missing} messages missing: accepted and never arrived"
    if account.duplicates:
        yield f"{account.duplicates} messages duplicated: arrived more than once"
    if account.other_recipients:
        yield f"{account.other_recipients} messages went to other recipients than those that they were accepted for"
    if account.other_sender:
        yield f"{account.other_sender} messages arrived with another envelope sender"
    if account.altered_content:
        yield f"{account.altered_content} messages altered: arrived with another content"
    if account.unaccounted and not recovered:
        yield f"{account.unaccounted} arrivals unaccounted for: of sends that failed or never started, or of another run"
