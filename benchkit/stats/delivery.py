"""Joins what was sent with what arrived, send by send. Arrivals are seen only at servers that are ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import ArmRecord, Manifest, Run, Table
from benchkit.stats.rows_by_send import batches, positions, rows_by_send

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


def deliveries(run: Run) -> Delivery:
    rows_of_sends, sent = rows_by_send(run), {name: run.messages[name] for name in ("message", "refused", "outcome")}
    count = len(sent["message"])
    times, altered = np.zeros(count, dtype=np.int32), np.zeros(count, dtype=bool)
    strays = unread = 0
    for arrivals in batches(run.arrivals, "send", "digest", "recipients"):
        rows = positions(arrivals["send"], rows_of_sends)
        known, lost = rows >= 0, np.array([digest is None for digest in arrivals["digest"]], dtype=bool)
        np.add.at(times, rows[known], 1)
        altered[rows[known & ~lost & _differs(run.manifest, sent, arrivals, rows, lost)]] = True
        strays += int(np.count_nonzero(~known))
        unread += int(np.count_nonzero(lost))
    return Delivery(_observed(run.manifest.arms, run.messages["arm"]), times, altered, strays, unread)


def _differs(manifest: Manifest, sent: Table, arrivals: Table, rows: Any, lost: Any) -> Any:
    """Whether what arrived is not what was sent; without meaning where its row is not known."""
    digests = np.where(lost, b"", arrivals["digest"]).astype(_DIGEST)  # empty where what arrived is no mail
    other_content = digests != _expected(manifest, sent["message"], rows)
    return other_content | _other_recipients(manifest, sent, arrivals, rows)


def _observed(arms: Sequence[ArmRecord], arm_of_row: Any) -> Any:
    ours = [index for index, arm in enumerate(arms) if is_observed(arm)]
    return np.isin(arm_of_row, np.array(ours, dtype=np.int64))


def _other_recipients(manifest: Manifest, sent: Table, arrivals: Table, rows: Any) -> Any:
    """Whether an accepted message arrived for another number of recipients than it was accepted for."""
    planned = np.array(manifest.recipients)
    if len(planned) == 0 or len(sent["message"]) == 0:
        return np.zeros(len(rows), dtype=bool)
    wanted = planned[sent["message"][rows] % len(planned)] - sent["refused"][rows]
    accepted = sent["outcome"][rows] == OutcomeKind.ACCEPTED
    return accepted & (arrivals["recipients"] != wanted)


def _expected(manifest: Manifest, message_of_row: Any, rows: Any) -> Any:
    """The digest that each arrival ought to have; "?" where its row names no message of the batch."""
    batch = np.array([*(bytes.fromhex(digest) for digest in manifest.digests), b"?"], dtype=_DIGEST)
    if len(message_of_row) == 0:
        return np.full(len(rows), b"?", dtype=_DIGEST)
    message = message_of_row[rows]
    in_batch = (message >= 0) & (message < len(manifest.digests))
    return batch[np.where(in_batch, message, len(manifest.digests))]
