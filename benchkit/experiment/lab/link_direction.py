"""One direction of a link as pure queueing: loss, a bottleneck with a tail-dropping queue, and a delay line.

No I/O and no clock: the caller passes the time with each packet. A packet meets the loss first (a seeded draw), then the
bottleneck (a token bucket one packet deep: each takes size ÷ bandwidth, one after the other), then the delay. Jitter
changes a packet's delay and never the order: a path with one queue does not reorder.
"""

from __future__ import annotations

import random
from collections import deque

from benchkit.experiment.lab.spec import LinkSpec

_NS_PER_MS = 1e6
_PER_CENT = 0.01


class LinkDirection:
    """Packets go in by `offer` and come out by `take`, never before their time."""

    __slots__ = (
        "_bottleneck_free_ns", "_delay_ns", "_jitter_ns", "_loss", "_ns_per_byte", "_queue_ns", "_random", "_waiting",
        "lost", "overflowed",
    )  # fmt: skip

    def __init__(self, spec: LinkSpec, direction: str) -> None:
        self._random = random.Random(f"{direction}/{spec.seed}")
        self._delay_ns = round(spec.rtt_ms / 2 * _NS_PER_MS)
        self._jitter_ns = spec.jitter_ms / 4 * _NS_PER_MS
        self._loss = spec.loss_percent * _PER_CENT
        self._ns_per_byte = 8e3 / spec.bandwidth_mbit if spec.bandwidth_mbit else 0.0
        self._queue_ns = spec.queue_kb * 1000 * self._ns_per_byte if spec.queue_kb is not None else float("inf")
        self._bottleneck_free_ns = 0.0
        self._waiting: deque[tuple[int, bytes]] = deque()
        self.lost = 0
        self.overflowed = 0

    def offer(self, packet: bytes, now_ns: int) -> bool:
        """Whether the packet will arrive."""
        if self._loss and self._random.random() < self._loss:
            self.lost += 1
            return False
        leaves_ns: float = now_ns
        if self._ns_per_byte:
            begins_ns = max(now_ns, self._bottleneck_free_ns)
            leaves_ns = begins_ns + len(packet) * self._ns_per_byte
            if begins_ns > now_ns and leaves_ns - now_ns > self._queue_ns:
                self.overflowed += 1
                return False
            self._bottleneck_free_ns = leaves_ns
        self._waiting.append((self._due_ns(leaves_ns), packet))
        return True

    def take(self, now_ns: int) -> list[bytes]:
        """The packets that have arrived by now, in order."""
        waiting = self._waiting
        arrived = []
        while waiting and waiting[0][0] <= now_ns:
            arrived.append(waiting.popleft()[1])
        return arrived

    @property
    def next_ns(self) -> int | None:
        """When the next packet arrives; None if none is in flight."""
        return self._waiting[0][0] if self._waiting else None

    def _due_ns(self, leaves_ns: float) -> int:
        due_ns = int(leaves_ns) + self._delay_ns
        if not self._jitter_ns:
            return due_ns
        due_ns = max(due_ns + round(self._random.uniform(-self._jitter_ns, self._jitter_ns)), int(leaves_ns))
        return max(due_ns, self._waiting[-1][0]) if self._waiting else due_ns
