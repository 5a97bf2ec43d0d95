"""How many copies were accepted, one for each accepted recipient: by arm, and by receiving domain as far as events name it.

No address is stored in a run. A message of the batch with one recipient goes to the same domain in every arm and block, so one
event of it tells the domain of all of its sends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import Run
from benchkit.stats.account import recipients_of
from benchkit.stats.rows_by_send import positions, rows_by_send


def accepted_copies(run: Run) -> tuple[int, ...]:
    """By arm."""
    rows = run.messages["outcome"] == OutcomeKind.ACCEPTED
    each = recipients_of(run.manifest, run.messages["message"][rows]) - run.messages["refused"][rows]
    arms = run.messages["arm"][rows]
    return tuple(int(each[arms == arm].sum()) for arm in range(len(run.manifest.arms)))


def accepted_copies_by_domain(run: Run) -> Mapping[tuple[str, int], int]:
    """By (domain, arm). Of messages with several recipients only the copies that an event names are known."""
    found: Counter[tuple[str, int]] = Counter()
    named = _named(run)
    single = _has_one_recipient(run, named["message"])
    domains = dict(zip(named["message"][single].tolist(), named["domain"][single].tolist(), strict=True))
    rows = run.messages["outcome"] == OutcomeKind.ACCEPTED
    sent = Counter(zip(run.messages["message"][rows].tolist(), run.messages["arm"][rows].tolist(), strict=True))
    for (message, arm), count in sent.items():
        if message in domains:
            found[domains[message], arm] += count
    several = {name: column[~single].tolist() for name, column in named.items()}
    copies = set(zip(*(several[name] for name in ("domain", "arm", "send", "hash")), strict=True))
    for domain, arm, _, _ in copies:
        found[domain, arm] += 1
    return found


def _named(run: Run) -> Mapping[str, Any]:
    """Of each event about a send of the run: which message of the batch, arm and recipient it is about."""
    events = run.events
    rows = positions(events["send"], rows_by_send(run))
    own = rows >= 0
    columns = {"send": "send", "arm": "arm", "domain": "recipient_domain", "hash": "recipient_hash"}
    return {"message": run.messages["message"][rows[own]]} | {
        name: np.asarray(events[column])[own] for name, column in columns.items()
    }


def _has_one_recipient(run: Run, messages: Any) -> Any:
    return recipients_of(run.manifest, messages) == 1
