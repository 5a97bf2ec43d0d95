"""The load of a scenario: how much is sent, when, by how many, and in how many starts of the processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class LoadModel(StrEnum):
    """method.md §4. Coordinated omission cannot arise in `open`, whose latency counts from the intended time."""

    TALK = "talk"
    THROUGHPUT = "throughput"
    OPEN = "open"


class Arrivals(StrEnum):
    """The inter-arrival law of an open load's schedule."""

    POISSON = "poisson"
    CONSTANT = "constant"


@dataclass(frozen=True, slots=True)
class LoadSpec:
    model: LoadModel
    blocks: int
    messages_per_block: int
    warmup_blocks: int
    concurrency: int
    rate_per_s: float
    arrivals: Arrivals
    seed: int
    workers: int = 1  # processes that an arm's senders are spread over
    deadline_s: float = 0.0  # for one message from its start to its outcome, connecting included; 0: none
    restarts: int = 1  # starts of the sink and the workers within the run; each has its own share of the blocks
    looks: tuple[int, ...] = ()  # until = "decided": measured blocks after which the run may end; the last is `blocks`

    @property
    def in_step(self) -> bool:
        """Whether the parent says when each cell begins: for all workers at once, or because it looks at the run in between."""
        return self.workers > 1 or (bool(self.looks) and self.restarts == 1)

    @property
    def all_blocks(self) -> int:
        """Each start has warm-up blocks of its own."""
        return self.first_blocks[-1]

    @property
    def first_blocks(self) -> tuple[int, ...]:
        return first_blocks(self.blocks, self.warmup_blocks, self.restarts)


def first_blocks(blocks: int, warmup_blocks: int, starts: int) -> tuple[int, ...]:
    """The number of the first block of each start, its warm-up, and after them the number of blocks in all.

    The measured blocks are shared out in their order, as evenly as they can be.
    """
    return tuple(blocks * start // starts + warmup_blocks * start for start in range(starts + 1))


def planned_looks(first: int, most: int, step: int) -> tuple[int, ...]:
    """Blocks at which a run until decided is looked at: each half as many again as the one before, in multiples of `step`."""
    looks = [first]
    while looks[-1] < most:
        further = -(-looks[-1] * 3 // (2 * step)) * step
        looks.append(min(most, max(further, looks[-1] + step)))
    return tuple(looks)


def most_workers(cores: int, concurrency: int, messages_per_block: int) -> Mapping[str, int]:
    """What bounds `workers`, in words: each has a core and a sender of its own, and a message of every block."""
    return {
        "cores on this machine": cores,
        "senders (concurrency)": concurrency,
        "messages_per_block": messages_per_block,
    }
