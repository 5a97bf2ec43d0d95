"""The plan: every send listed before the first leaves, as cells of a randomised complete block design (METHOD §5).

A cell is one arm's share of one block: `count` sends, numbered from `first_send`. Its i-th send carries message
`message_of(i)` of the batch, the same for every arm of the block, and in an open load is intended at `offsets_ns[i]` after
the cell's start, on a schedule that all arms share.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    block: int
    warmup: bool
    condition: int
    arm: int
    first_send: int
    count: int
    first_message: int
    batch_size: int
    offsets_ns: tuple[int, ...] = ()

    def message_of(self, i: int) -> int:
        """Index into the batch of the cell's i-th send."""
        return (self.first_message + i) % self.batch_size


@dataclass(frozen=True, slots=True)
class Planned:
    """One row of the plan."""

    send: int
    block: int
    warmup: bool
    condition: int
    arm: int
    message: int
    offset_ns: int
