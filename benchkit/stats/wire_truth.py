"""The turn counter against the wire: what a transport counted in its own stream, and what the lab's link saw from outside.

Both sides of the sum are of one arm under one condition, warm-up included. A connection on which the client never spoke is
a probe's. The wire knows nothing of messages, so kept connections are set up and closed in nobody's time: the table says for
how much. Retransmitted packets are no turns on either side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchkit.model.run import ArmRecord, Run

TOLERANCE = 0.05
LEAST_RTT_MS = 1.0  # below it, TLS session tickets overtake the client's next word, and look like an answer


@dataclass(frozen=True, slots=True)
class WireTruth:
    """Turns and bytes of all connections of an arm; `counted` is None where the arm's set-up is not known."""

    connections: int
    turns: int
    counted: float | None
    retransmits: int
    bytes_out: int
    bytes_in: int

    @property
    def disagrees(self) -> bool:
        """By more than a few: a TLS ticket that travels alone looks like an answer, at most once or twice a connection."""
        if self.counted is None:
            return False
        off = abs(self.turns - self.counted)
        return off > TOLERANCE * self.counted and off > max(2.0, self.connections / 2)


def wire_truth(run: Run, condition: int, arm: int) -> WireTruth | None:
    """None where no link of ours lay between."""
    wire = run.wire
    if not run.manifest.conditions[condition].lab or not len(wire.get("turns", ())):
        return None
    mine = (wire["condition"] == condition) & (wire["arm"] == arm) & (wire["payload_out"] > 0)
    connections = int(np.count_nonzero(mine))
    rows = (run.messages["condition"] == condition) & (run.messages["arm"] == arm)
    counted = int(run.messages["turns"][rows].sum()) + int(run.messages["turns_to_close"][rows].sum())
    return WireTruth(
        connections=connections,
        turns=int(wire["turns"][mine].sum()),
        counted=_with_unrecorded(run.manifest.arms[arm], counted, connections, int(np.count_nonzero(rows))),
        retransmits=int(wire["retransmits"][mine].sum()),
        bytes_out=int(wire["bytes_out"][mine].sum()),
        bytes_in=int(wire["bytes_in"][mine].sum()),
    )


def disagreement(run: Run, condition: int, arm: int) -> str:
    """In words; empty where counter and wire agree, or cannot be compared: no lab, a short link, a broken connection."""
    truth = wire_truth(run, condition, arm)
    record, rtt_ms = run.manifest.arms[arm], run.manifest.conditions[condition].rtt_ms
    if truth is None or rtt_ms is None or rtt_ms < LEAST_RTT_MS or record.expects_faults or not truth.disagrees:
        return ""
    return f"{record.name}: {truth.counted:g} turns were counted and {truth.turns} seen on the wire"


def _with_unrecorded(record: ArmRecord, counted: int, connections: int, messages: int) -> float | None:
    """A kept connection is opened before the first message and closed after the last one, in nobody's time.

    The close of SMTP is one turn (QUIT). That of HTTPS is none, but its opening shows one more: the server's session tickets
    answer the client's Finished while nobody asks.
    """
    if record.connection != "reuse":
        return float(counted)
    if record.setup_turns is None or not messages:
        return None
    return counted + connections * (record.setup_turns + (record.transport == "smtp" or record.security == "implicit"))
