"""Joins what was sent with what arrived, send by send. Arrivals are known only at embedded servers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import ArmRecord, Manifest, Run, Table
from benchkit.stats.in_doubt import sends_in_doubt
from benchkit.stats.rows_by_send import batches, positions, rows_by_send

_ARRIVAL = ("send", "digest", "recipients", "recipients_hash", "sender_hash", "sender_known")
_DIGEST = "S16"  # numpy ignores trailing NULs in comparisons of this type, on both sides alike


@dataclass(frozen=True, slots=True)
class Delivery:
    """For each row of `run.messages`: is its server ours, how often did it arrive, and did any arrival differ, in what?

    `altered` is the content's, `other_recipients` and `other_sender` the envelope's (RFC 5321 §2.3.1). `strays` are arrivals
    that belong to no row: without an identity of this run, or of a send that was never started. `unread` are arrivals whose
    content was lost, by a crash or a full disk: they prove no alteration. `times_in_doubt`: for each of stats/in_doubt.py's
    sends, how often it arrived.
    """

    observed: Any
    times: Any
    altered: Any
    other_recipients: Any
    other_sender: Any
    strays: int
    unread: int
    times_in_doubt: Any

    @property
    def differs(self) -> Any:
        """Of each row, whether what arrived was not the mail that was sent."""
        return self.altered | self.other_recipients | self.other_sender


def is_observed(arm: ArmRecord) -> bool:
    """Whether the sink sees what this arm sends; a `null` arm sends nothing to anyone."""
    return arm.embedded and arm.transport != "null"


def deliveries(run: Run) -> Delivery:
    names = ("message", "refused", "refused_hash", "outcome")
    rows_of_sends, sent = rows_by_send(run), {name: run.messages[name] for name in names}
    count = len(sent["message"])
    times = np.zeros(count, dtype=np.int32)
    altered, other_recipients, other_sender = (np.zeros(count, dtype=bool) for _ in range(3))
    strays = unread = 0
    doubtful = sends_in_doubt(run)
    times_in_doubt = np.zeros(len(doubtful), dtype=np.int32)
    for arrivals in batches(run.arrivals, *_ARRIVAL):
        rows = positions(arrivals["send"], rows_of_sends)
        known, lost = rows >= 0, np.array([digest is None for digest in arrivals["digest"]], dtype=bool)
        np.add.at(times, rows[known], 1)
        read = known & ~lost
        altered[rows[read & _other_content(run.manifest, sent, arrivals, rows, lost)]] = True
        other_recipients[rows[read & _other_recipients(run.manifest, sent, arrivals, rows)]] = True
        other_sender[rows[read & _other_sender(run.manifest, sent, arrivals, rows)]] = True
        among = np.isin(arrivals["send"], doubtful)
        np.add.at(times_in_doubt, np.searchsorted(doubtful, arrivals["send"][among]), 1)
        strays += int(np.count_nonzero(~known & ~among))
        unread += int(np.count_nonzero(lost))
    observed = _observed(run.manifest.arms, run.messages["arm"])
    return Delivery(observed, times, altered, other_recipients, other_sender, strays, unread, times_in_doubt)


def _other_content(manifest: Manifest, sent: Table, arrivals: Table, rows: Any, lost: Any) -> Any:
    """Whether what arrived is not what was sent; without meaning where its row is not known."""
    digests = np.where(lost, b"", arrivals["digest"]).astype(_DIGEST)  # empty where what arrived is no mail
    return digests != _expected(manifest, sent["message"], rows)


def _observed(arms: Sequence[ArmRecord], arm_of_row: Any) -> Any:
    ours = [index for index, arm in enumerate(arms) if is_observed(arm)]
    return np.isin(arm_of_row, np.array(ours, dtype=np.int64))


def _other_recipients(manifest: Manifest, sent: Table, arrivals: Table, rows: Any) -> Any:
    """Whether a message arrived for others than those that it was accepted for.

    If it was not accepted for certain, which recipients had been refused is not known: it may have arrived for fewer.
    """
    planned, hashes = np.array(manifest.recipients), np.array(manifest.recipient_hashes, dtype=np.int64)
    if len(planned) == 0 or len(sent["message"]) == 0:
        return np.zeros(len(rows), dtype=bool)
    message = sent["message"][rows] % len(planned)
    accepted = sent["outcome"][rows] == OutcomeKind.ACCEPTED
    other = arrivals["recipients"] != planned[message] - sent["refused"][rows]
    if len(hashes) == len(planned):  # older runs have the number only
        with np.errstate(over="ignore"):  # the sums are those of 64-bit numbers
            wanted = hashes[message] - sent["refused_hash"][rows]
        other |= arrivals["recipients_hash"] != wanted
    return other & (accepted | (arrivals["recipients"] >= planned[message]))


def _other_sender(manifest: Manifest, sent: Table, arrivals: Table, rows: Any) -> Any:
    """Whether it arrived with another envelope sender, where the receiving side has one."""
    planned = np.array(manifest.sender_hashes, dtype=np.int64)
    if len(planned) == 0 or len(sent["message"]) == 0:
        return np.zeros(len(rows), dtype=bool)
    return arrivals["sender_known"] & (arrivals["sender_hash"] != planned[sent["message"][rows] % len(planned)])


def _expected(manifest: Manifest, message_of_row: Any, rows: Any) -> Any:
    """The digest that each arrival should have; "?" where its row names no message of the batch."""
    batch = np.array([*(bytes.fromhex(digest) for digest in manifest.digests), b"?"], dtype=_DIGEST)
    if len(message_of_row) == 0:
        return np.full(len(rows), b"?", dtype=_DIGEST)
    message = message_of_row[rows]
    in_batch = (message >= 0) & (message < len(manifest.digests))
    return batch[np.where(in_batch, message, len(manifest.digests))]
