"""Joins what was sent with what arrived, send by send. Arrivals are seen only at servers that are ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import ArmRecord, Manifest, Run

_DIGEST = "S16"  # numpy ignores trailing NULs in comparisons of this type, on both sides alike


@dataclass(frozen=True, slots=True)
class Delivery:
    """For each row of `run.messages`: is its server ours, how often did it arrive, and was any arrival altered?

    `strays` are arrivals that belong to no row: without an identity of this run, or of a send that was never recorded.
    `unread` are arrivals whose content was lost, by a crash or a full disk: they prove no alteration.
    """

    observed: Any
    times: Any
    altered: Any
    strays: int
    unread: int


def is_observed(arm: ArmRecord) -> bool:
    """Whether the sink sees what this arm sends; a `null` arm sends nothing to anybody."""
    return arm.embedded and arm.transport != "null"


def positions(wanted: Any, among: Any) -> Any:
    """For each of `wanted` its position in `among` (the first, where there are more), or -1."""
    if len(among) == 0:
        return np.full(len(wanted), -1)
    order = np.argsort(among, kind="stable")
    found = np.minimum(np.searchsorted(among, wanted, sorter=order), len(among) - 1)
    return np.where(among[order[found]] == wanted, order[found], -1)


def deliveries(run: Run) -> Delivery:
    rows = positions(run.arrivals["send"], run.messages["send"])
    unread = np.array([digest is None for digest in run.arrivals["digest"]], dtype=bool)
    digests = np.where(unread, b"", run.arrivals["digest"]).astype(_DIGEST)  # empty where what arrived is no mail
    known = rows >= 0
    differs = known & ~unread & (digests != _expected(run.manifest, run.messages["message"], rows))
    differs |= known & ~unread & _other_recipients(run, rows)
    count = len(run.messages["send"])
    return Delivery(
        observed=_observed(run.manifest.arms, run.messages["arm"]),
        times=np.bincount(rows[known], minlength=count),
        altered=np.bincount(rows[differs], minlength=count) > 0,
        strays=int(np.count_nonzero(~known)),
        unread=int(np.count_nonzero(unread)),
    )


def _observed(arms: Sequence[ArmRecord], arm_of_row: Any) -> Any:
    ours = [index for index, arm in enumerate(arms) if is_observed(arm)]
    return np.isin(arm_of_row, np.array(ours, dtype=np.int64))


def _other_recipients(run: Run, rows: Any) -> Any:
    """Whether an accepted message arrived for another number of recipients than it was accepted for."""
    messages, planned = run.messages, np.array(run.manifest.recipients)
    if len(planned) == 0 or len(messages["send"]) == 0:
        return np.zeros(len(rows), dtype=bool)
    wanted = planned[messages["message"][rows] % len(planned)] - messages["refused"][rows]
    accepted = messages["outcome"][rows] == OutcomeKind.ACCEPTED
    return accepted & (run.arrivals["recipients"] != wanted)


def _expected(manifest: Manifest, message_of_row: Any, rows: Any) -> Any:
    """The digest that each arrival ought to have; "?" where its row names no message of the batch."""
    batch = np.array([*(bytes.fromhex(digest) for digest in manifest.digests), b"?"], dtype=_DIGEST)
    if len(message_of_row) == 0:
        return np.full(len(rows), b"?", dtype=_DIGEST)
    message = message_of_row[rows]
    in_batch = (message >= 0) & (message < len(manifest.digests))
    return batch[np.where(in_batch, message, len(manifest.digests))]
