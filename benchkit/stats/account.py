"""The delivery account over every send of the run, warm-up included. It closes, whatever the tables hold:

planned = accepted + failed + in doubt + unsent
recipients planned = accepted + refused + of messages that were not accepted
sends that arrived + arrivals without one = arrived_once + duplicates + unaccounted
accepted = arrived_once + duplicates + missing + unobserved, less the ambiguous that arrived, once or more often
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import Manifest, Run
from benchkit.model.summary import DeliveryReport
from benchkit.stats.delivery import Delivery
from benchkit.stats.rows_by_send import planned_sends, recorded_once

MAY_HAVE_ARRIVED = np.array([kind for kind in OutcomeKind if kind.may_have_arrived])


def account_of(run: Run, delivery: Delivery) -> DeliveryReport:
    first = recorded_once(run)
    outcome, times = run.messages["outcome"][first], delivery.times[first]
    accepted, arguable = outcome == OutcomeKind.ACCEPTED, np.isin(outcome, MAY_HAVE_ARRIVED)
    seen = delivery.observed[first]
    planned = planned_sends(run.manifest)
    recipients = recipients_of(run.manifest, run.messages["message"][first])
    refused = int(run.messages["refused"][first][accepted].sum())
    taken = int(recipients[accepted].sum()) - refused
    every = planned_recipients(run.manifest)
    return DeliveryReport(
        planned=planned,
        accepted=_count(accepted),
        failed=_count(~accepted),
        ambiguous=_count(arguable & ~accepted),
        unsent=planned - len(first) - (in_doubt := in_doubt_of(run)),
        in_doubt=in_doubt,
        arrived_once=_count(arguable & (times == 1)),
        missing=_count(accepted & seen & (times == 0)),
        duplicates=_count(arguable & (times > 1)),
        altered=_count(delivery.differs[first]),
        unaccounted=_count(~arguable & (times > 0)) + delivery.strays,
        unobserved=_count(accepted & ~seen & (times == 0)),
        other_recipients=_count(delivery.other_recipients[first]),
        other_sender=_count(delivery.other_sender[first]),
        recipients_planned=every,
        recipients_accepted=taken,
        recipients_refused=refused,
        recipients_failed=every - taken - refused,
    )


def in_doubt_of(run: Run) -> int:
    """Sends that were started and have no record, because their process died: a server may have taken them."""
    return max(0, sum(run.manifest.started) - len(recorded_once(run))) if run.manifest.started else 0


def recipients_of(manifest: Manifest, messages: Any) -> Any:
    """How many each of these messages of the batch has; one where the run did not record it."""
    planned = np.array(manifest.recipients or (1,), dtype=np.int64)
    return planned[messages % len(planned)]


def planned_recipients(manifest: Manifest) -> int:
    """Over all planned sends: each arm sends the batch under each condition, from its beginning, round and round."""
    each = np.array(manifest.recipients or (1,), dtype=np.int64)
    series = len(manifest.arms) * len(manifest.conditions)
    rounds, rest = divmod(planned_sends(manifest) // max(1, series), len(each))
    return series * (rounds * int(each.sum()) + int(each[:rest].sum()))


def _count(flags: Any) -> int:
    return int(np.count_nonzero(flags))
