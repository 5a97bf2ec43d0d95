"""The delivery account over every send of the run, warm-up included. It closes, whatever the tables hold:

planned = accepted + failed + unsent
sends that arrived + arrivals without one = arrived_once + duplicates + unaccounted
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import Manifest, Run
from benchkit.model.summary import Account
from benchkit.stats.delivery import Delivery

MAY_HAVE_ARRIVED = np.array([kind for kind in OutcomeKind if kind.may_have_arrived])


def planned_sends(manifest: Manifest) -> int:
    cells = len(manifest.arms) * len(manifest.conditions) * (manifest.blocks + manifest.warmup_blocks)
    return cells * manifest.messages_per_block


def account_of(run: Run, delivery: Delivery) -> Account:
    first = recorded_once(run)
    outcome, times = run.messages["outcome"][first], delivery.times[first]
    accepted, arguable = outcome == OutcomeKind.ACCEPTED, np.isin(outcome, MAY_HAVE_ARRIVED)
    planned = planned_sends(run.manifest)
    return Account(
        planned=planned,
        accepted=_count(accepted),
        failed=_count(~accepted),
        ambiguous=_count(arguable & ~accepted),
        unsent=planned - len(first),
        arrived_once=_count(arguable & (times == 1)),
        missing=_count(accepted & delivery.observed[first] & (times == 0)),
        duplicates=_count(arguable & (times > 1)),
        altered=_count(delivery.altered[first]),
        unaccounted=_count(~arguable & (times > 0)) + delivery.strays,
    )


def recorded_once(run: Run) -> Any:
    """Positions of the first row of each send of the plan; other rows are a defect, named in validity.py."""
    sends, first = np.unique(run.messages["send"], return_index=True)
    return first[(sends >= 0) & (sends < planned_sends(run.manifest))]


def _count(flags: Any) -> int:
    return int(np.count_nonzero(flags))
