"""The delivery account over every send of the run, warm-up included. It closes, whatever the tables hold:

planned = accepted + failed + unsent
sends that arrived + arrivals without one = arrived_once + duplicates + unaccounted
accepted = arrived_once + duplicates + missing + unobserved, less the ambiguous that arrived, once or more often
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import Run
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
    return DeliveryReport(
        planned=planned,
        accepted=_count(accepted),
        failed=_count(~accepted),
        ambiguous=_count(arguable & ~accepted),
        unsent=planned - len(first),
        arrived_once=_count(arguable & (times == 1)),
        missing=_count(accepted & seen & (times == 0)),
        duplicates=_count(arguable & (times > 1)),
        altered=_count(delivery.altered[first]),
        unaccounted=_count(~arguable & (times > 0)) + delivery.strays,
        unobserved=_count(accepted & ~seen & (times == 0)),
    )


def _count(flags: Any) -> int:
    return int(np.count_nonzero(flags))
