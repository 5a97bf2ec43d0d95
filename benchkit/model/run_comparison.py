"""Two runs, or several of two kinds, side by side: what changed for each arm, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from benchkit.model.estimate import Estimate


class ChangeVerdict(StrEnum):
    """Of an arm's time, or of its failures. NONE: proven to be within the limit. NOT_TESTED: nothing shows the error."""

    REGRESSION = "regression"
    IMPROVEMENT = "improvement"
    NONE = "no regression"
    UNDECIDED = "undecided"
    NOT_TESTED = "not tested"


class Unit(StrEnum):
    """What the interval counts as one independent observation, from the best to the one that decides nothing."""

    PAIRS = "pairs of runs"
    RUNS = "runs"
    STARTS = "starts"
    BLOCKS = "blocks"


@dataclass(frozen=True, slots=True)
class ArmChange:
    """`ratio` is after ÷ before of `metric`; `ci` is two-sided at the comparison's confidence, for this arm alone.

    `p` is one-sided, that the arm is slower, after Holm over all arms. `detectable`: the smallest ratio above 1 that nine of
    ten such comparisons find; None above 2, where `needs_to_detect` tells the units a side with which it would be 2.
    `fails_more`: beyond chance and beyond half a percentage point. `needs`: the units a side from which on there is an
    interval, where there are too few.
    """

    arm: str
    condition: str
    metric: str
    before_ms: float | None
    after_ms: float | None
    ratio: float | None
    ci: tuple[float, float] | None
    unit: Unit
    units: tuple[int, int]
    p: float | None
    detectable: float | None
    change: ChangeVerdict
    failures_before: Estimate
    failures_after: Estimate
    fails_more: bool
    needs: int | None = None
    needs_to_detect: int | None = None

    @property
    def regressed(self) -> bool:
        return self.change is ChangeVerdict.REGRESSION or self.fails_more


@dataclass(frozen=True, slots=True)
class RunComparison:
    """`limit`: a regression is slower by more than this fraction, and certainly slower. `unmatched`: arms of one side only."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    invalid: tuple[str, ...]
    unmatched: tuple[str, ...]
    arms: tuple[ArmChange, ...]
    limit: float
    confidence: float

    @property
    def regressions(self) -> tuple[ArmChange, ...]:
        return tuple(arm for arm in self.arms if arm.regressed)
