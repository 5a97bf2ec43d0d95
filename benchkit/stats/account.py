"""The delivery account over every send of the run, warm-up included. It always adds up:

planned = accepted + failed + in doubt + unsent
recipients planned = accepted + refused + failed + unknown
sends that arrived + arrivals without one = arrived_once + duplicates + unaccounted
accepted = arrived_once + duplicates + missing + unobserved, less the ambiguous and the sends in doubt that arrived
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import Manifest, Run, Table
from benchkit.model.summary import DeliveryReport
from benchkit.stats.delivery import Delivery
from benchkit.stats.in_doubt import messages_of, sends_in_doubt
from benchkit.stats.rows_by_send import recorded_once
from benchkit.stats.starts import block_ranges

MAY_HAVE_ARRIVED = np.array([kind for kind in OutcomeKind if kind.may_have_arrived])


def account_of(run: Run, delivery: Delivery) -> DeliveryReport:
    first = recorded_once(run)
    outcome, times = run.messages["outcome"][first], delivery.times[first]
    accepted, arguable = outcome == OutcomeKind.ACCEPTED, np.isin(outcome, MAY_HAVE_ARRIVED)
    seen = delivery.observed[first]
    planned = sends_to_account_for(run.manifest)
    doubtful, doubtful_times = sends_in_doubt(run), delivery.times_in_doubt
    recipients = recipient_counts(
        run.manifest,
        {name: run.messages[name][first] for name in ("message", "refused", "outcome")},
        planned_recipients(run.manifest),
        messages_of(run.manifest, doubtful),
    )
    return DeliveryReport(
        planned=planned,
        accepted=_count(accepted),
        failed=_count(~accepted),
        ambiguous=_count(arguable & ~accepted),
        unsent=planned - len(first) - len(doubtful),
        in_doubt=len(doubtful),
        arrived_once=_count(arguable & (times == 1)) + _count(doubtful_times == 1),
        missing=_count(accepted & seen & (times == 0)),
        duplicates=_count(arguable & (times > 1)) + _count(doubtful_times > 1),
        altered=_count(delivery.differs[first]),
        unaccounted=_count(~arguable & (times > 0)) + delivery.strays,
        failed_over=_count(run.messages["failed_over"][first]),
        unobserved=_count(accepted & ~seen & (times == 0)),
        other_recipients=_count(delivery.other_recipients[first]),
        other_sender=_count(delivery.other_sender[first]),
        altered_content=_count(delivery.altered[first]),
        recipients_planned=recipients.planned,
        recipients_accepted=recipients.accepted,
        recipients_refused=recipients.refused,
        recipients_failed=recipients.failed,
        recipients_unknown=recipients.unknown,
    )


class RecipientCounts(NamedTuple):
    """planned = accepted + refused + failed + unknown."""

    planned: int
    accepted: int
    refused: int
    failed: int
    unknown: int


def recipient_counts(manifest: Manifest, rows: Table, planned: int, in_doubt: Any) -> RecipientCounts:
    """`in_doubt` are the messages of sends that were started and have no record."""
    each, outcome = recipients_of(manifest, rows["message"]), rows["outcome"]
    is_accepted = outcome == OutcomeKind.ACCEPTED
    refused = int(rows["refused"][is_accepted].sum())
    accepted = int(each[is_accepted].sum()) - refused
    unknown = int(each[np.isin(outcome, MAY_HAVE_ARRIVED) & ~is_accepted].sum())
    unknown += int(recipients_of(manifest, in_doubt).sum())
    return RecipientCounts(planned, accepted, refused, planned - accepted - refused - unknown, unknown)


def recipients_of(manifest: Manifest, messages: Any) -> Any:
    """How many each of these messages of the batch has; one where the run did not record it."""
    planned = np.array(manifest.recipients or (1,), dtype=np.int64)
    return planned[messages % len(planned)]


def planned_recipients(manifest: Manifest) -> int:
    """Over all planned sends."""
    messages = manifest.messages_per_block
    each = (
        recipients_of_first(manifest, end * messages) - recipients_of_first(manifest, first * messages)
        for first, end in block_ranges(manifest)
    )
    return len(manifest.arms) * len(manifest.conditions) * sum(each)


def sends_to_account_for(manifest: Manifest) -> int:
    """Of the plan, without what was no longer to be sent once all was decided."""
    blocks = sum(end - first for first, end in block_ranges(manifest))
    return len(manifest.arms) * len(manifest.conditions) * blocks * manifest.messages_per_block


def recipients_of_first(manifest: Manifest, messages: int) -> int:
    """Of so many messages that an arm sends first: under each condition it sends the batch from its beginning, repeatedly."""
    each = np.array(manifest.recipients or (1,), dtype=np.int64)
    rounds, rest = divmod(messages, len(each))
    return rounds * int(each.sum()) + int(each[:rest].sum())


def _count(flags: Any) -> int:
    return int(np.count_nonzero(flags))
