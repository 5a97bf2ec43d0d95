"""A ledger in memory, for `benchkit sink` by itself and for tests; a run's ledger is on disk (store/)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Arrival(NamedTuple):
    """One row: the arguments of contracts.Ledger.arrived."""

    send: int
    arm: int
    key: bytes
    arrived_ns: int
    size: int
    recipients: int


@dataclass(slots=True)
class MemoryLedger:
    """`bodies` maps (arm, key) to (head, body), as sink.parse_body wants them."""

    arrivals: list[Arrival] = field(default_factory=list)
    bodies: dict[tuple[int, bytes], tuple[bytes, bytes]] = field(default_factory=dict)

    def arrived(self, send: int, arm: int, key: bytes, arrived_ns: int, size: int, recipients: int) -> None:
        self.arrivals.append(Arrival(send, arm, key, arrived_ns, size, recipients))

    def body(self, key: bytes, arm: int, head: bytes, body: bytes) -> None:
        self.bodies[arm, key] = (head, body)
