"""Checks the round-trip counter against the packets: what a transport counted in its stream, and what the lab's link counted.

Both sides of the sum are of one arm under one condition, warm-up included, and of connections that carried a message. A kept
connection is opened before the first message and closed after the last one, outside of messages: the table says how many
turns. A request of several TCP windows is one turn, as is one of a single packet: acknowledgements are no reply. Retransmitted
packets are no turns on either side. Session tickets are an answer that no one asked for: where the client
is the next to speak after the TLS handshake, they look like one turn more if they come before its word, and like none if not,
so that many are left open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from benchkit.model.notice import Code, Notice, notice
from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import ArmRecord, Run
from benchkit.stats.starts import senders_in_starts

TOLERANCE = 0.05
LEAST_RTT_MS = (
    1.0  # below it the client's own delays are as long as a round trip: no one sees which packet answers which
)


@dataclass(frozen=True, slots=True)
class PacketCheck:
    """Turns and bytes of all connections of an arm; `counted` is None where the arm's set-up is not known."""

    connections: int
    turns: int
    counted: float | None
    tickets: int  # round trips that session tickets may look like
    retransmits: int
    bytes_out: int
    bytes_in: int

    @property
    def agrees(self) -> bool | None:
        """None where it cannot be known."""
        if self.counted is None:
            return None
        tolerance = max(TOLERANCE * self.counted, 2.0)
        return self.counted - tolerance <= self.turns <= self.counted + self.tickets + tolerance


def packets_of(run: Run, condition: int, arm: int) -> PacketCheck | None:
    """None if there was no link of the lab."""
    wire = run.wire
    if not run.manifest.conditions[condition].lab or not len(wire.get("turns", ())):
        return None
    rows = (run.messages["condition"] == condition) & (run.messages["arm"] == arm)
    mine = (wire["condition"] == condition) & (wire["arm"] == arm) & (wire["payload_out"] >= _least_bytes(run, rows))
    connections, record = int(np.count_nonzero(mine)), run.manifest.arms[arm]
    counted = int(run.messages["turns"][rows].sum()) + int(run.messages["turns_to_close"][rows].sum())
    return PacketCheck(
        connections=connections,
        turns=int(wire["turns"][mine].sum()),
        counted=_with_unrecorded(record, counted, _senders(run, rows)),
        tickets=connections if (record.transport, record.security) == ("api", "implicit") else 0,
        retransmits=int(wire["retransmits"][mine].sum()),
        bytes_out=int(wire["bytes_out"][mine].sum()),
        bytes_in=int(wire["bytes_in"][mine].sum()),
    )


def _senders(run: Run, rows: Any) -> int:
    return senders_in_starts(run.manifest, run.messages["sender"][rows], run.messages["block"][rows])


def disagreement(run: Run, condition: int, arm: int) -> Notice | None:
    """None where counter and wire agree, or cannot be compared: no lab, a short link, broken connections."""
    truth = packets_of(run, condition, arm)
    record, rtt_ms = run.manifest.arms[arm], run.manifest.conditions[condition].rtt_ms
    if truth is None or rtt_ms is None or rtt_ms < LEAST_RTT_MS or record.expects_faults or truth.agrees is not False:
        return None
    return notice(Code.TURNS_DISAGREE, record.name, counted=truth.counted or 0.0, seen=truth.turns)


def _least_bytes(run: Run, rows: Any) -> int:
    """What the least used connection with a message sent; fewer bytes are of probes, checks and senders without work.

    Summed by connection: one of 100 messages of a request has a share of the bytes that a TLS handshake alone exceeds.
    """
    accepted = rows & (run.messages["outcome"] == OutcomeKind.ACCEPTED)
    if not accepted.any():
        return 1
    _, connection = np.unique(run.messages["connection"][accepted], return_inverse=True)
    return max(1, int(np.bincount(connection, weights=run.messages["bytes_out"][accepted]).min()))


def _with_unrecorded(record: ArmRecord, counted: int, senders: int) -> float | None:
    """Each sender's kept connection adds its opening, and, where it is SMTP's, its QUIT."""
    if record.connection != "reuse":
        return float(counted)
    if record.setup_turns is None:
        return None
    return counted + senders * (record.setup_turns + (record.transport == "smtp"))
