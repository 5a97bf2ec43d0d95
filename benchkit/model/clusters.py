"""Which observations of a sample belong together: those of a block, or of a start of the processes, are correlated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Clusters:
    """`number` is each observation's cluster, 0 to `count` − 1, in the order of time.

    `independent` is the most independent observations that the sample can hold: messages that share a request are one.
    """

    number: Any
    count: int
    independent: int
