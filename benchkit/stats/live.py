"""What a run has sent so far, arm by arm, for a look while it goes on: counts, and a median that is preliminary.

Times go into bins that are 1 % wide, so that a look costs the same after a million messages. No verdict is made of this.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log
from typing import Any

import numpy as np

from benchkit.model.durations import NS_PER_MS, NS_PER_S, service_ns
from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import Table

_WIDTH = log(1.01)
_BINS = 4096  # to 10^17 ns


@dataclass(slots=True)
class LiveArm:
    """Of one arm under one condition, warm-up left out."""

    sent: int = 0
    outcomes: dict[OutcomeKind, int] = field(default_factory=dict)
    _spans: dict[int, tuple[int, int]] = field(default_factory=dict)  # first start and last end of each block
    _times: Any = field(default_factory=lambda: np.zeros(_BINS, dtype=np.int64))

    @property
    def accepted(self) -> int:
        return self.outcomes.get(OutcomeKind.ACCEPTED, 0)

    @property
    def rate_per_s(self) -> float | None:
        """Accepted messages per second of the arm's own time."""
        busy_ns = sum(end - start for start, end in self._spans.values())
        return self.accepted * NS_PER_S / busy_ns if busy_ns > 0 else None

    @property
    def median_ms(self) -> float | None:
        """Of all that was sent, a failure slower than any; None where most failed, or nothing was sent."""
        below = int(np.searchsorted(np.cumsum(self._times), self.sent / 2)) if self.accepted * 2 > self.sent else None
        return None if below is None else float(np.exp((below + 0.5) * _WIDTH)) / NS_PER_MS

    def add(self, rows: Table) -> None:
        kinds, counts = np.unique(rows["outcome"], return_counts=True)
        for kind, count in zip(kinds.tolist(), counts.tolist(), strict=True):
            self.outcomes[OutcomeKind(kind)] = self.outcomes.get(OutcomeKind(kind), 0) + count
        self.sent += len(rows["outcome"])
        accepted = rows["outcome"] == OutcomeKind.ACCEPTED
        bins = (np.log(np.maximum(service_ns(rows)[accepted], 1)) / _WIDTH).astype(np.int64)
        self._times += np.bincount(np.minimum(bins, _BINS - 1), minlength=_BINS)
        for block in np.unique(rows["block"]).tolist():
            mine = rows["block"] == block
            start, end = int(rows["started_ns"][mine].min()), int(rows["ended_ns"][mine].max())
            first, last = self._spans.get(block, (start, end))
            self._spans[block] = min(first, start), max(last, end)


@dataclass(slots=True)
class LiveTally:
    """`condition` is that of the newest message; `recorded` counts warm-up too."""

    arms: dict[tuple[int, int], LiveArm] = field(default_factory=dict)  # by (condition, arm)
    condition: int = 0
    recorded: int = 0
    _first_ns: int = 0
    _last_ns: int = 0

    def left_s(self, planned: int) -> float | None:
        """At the speed so far; None before anything was sent."""
        taken_s = (self._last_ns - self._first_ns) / NS_PER_S
        return taken_s * max(0, planned - self.recorded) / self.recorded if self.recorded else None

    def add(self, rows: Table) -> None:
        self.recorded += len(rows["send"])
        if not len(rows["send"]):
            return
        first_ns = int(rows["started_ns"].min())
        self._first_ns = min(self._first_ns or first_ns, first_ns)
        self._last_ns = max(self._last_ns, int(rows["ended_ns"].max()))
        self.condition = int(rows["condition"][np.argmax(rows["ended_ns"])])
        measured = {name: column[~rows["warmup"]] for name, column in rows.items() if name in _COLUMNS}
        for condition, arm in {*zip(measured["condition"].tolist(), measured["arm"].tolist(), strict=True)}:
            mine = (measured["condition"] == condition) & (measured["arm"] == arm)
            found = self.arms.setdefault((condition, arm), LiveArm())
            found.add({name: column[mine] for name, column in measured.items()})


_COLUMNS = ("condition", "arm", "block", "started_ns", "ended_ns", "outcome")
