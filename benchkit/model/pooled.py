"""Several runs of one scenario, taken together: what each says of the same arms, and how far runs differ from one another."""

from __future__ import annotations

from dataclasses import dataclass

from benchkit.model.summary import Verdict


@dataclass(frozen=True, slots=True)
class Spread:
    """Between runs, of logarithms. `observed`: their standard deviation; `claimed`: the error that a run's interval stands for.

    `between`: what of the observed is not explained by the claimed, that is, what varies from run to run.
    """

    observed: float
    claimed: float | None
    between: float | None

    @property
    def ratio(self) -> float | None:
        """Observed ÷ claimed: about 1 where the intervals of a run tell how far the next one may lie."""
        return self.observed / self.claimed if self.claimed else None


@dataclass(frozen=True, slots=True)
class PooledValue:
    """The mean of the logarithms over runs, noisy runs counting for less, and where the next run's value is expected.

    `covering`: of the `given` runs that have an interval of their own, those whose interval holds the mean of all. `low` and
    `high` are None for fewer than two runs.
    """

    runs: int
    value: float
    low: float | None
    high: float | None
    next_low: float | None
    next_high: float | None
    spread: Spread
    covering: int
    given: int


@dataclass(frozen=True, slots=True)
class PooledArm:
    """The median time of an arm, in ms."""

    arm: str
    client: str
    condition: str
    median_ms: PooledValue


@dataclass(frozen=True, slots=True)
class PooledContrast:
    """`verdict` follows from the interval of the mean by the rule of the ROPE; UNDECIDED for fewer than two runs.

    `withheld` runs gave no verdict on it and are not part of the mean. It is WITHHELD here too where that was because mail was
    lost, altered or refused, or where a run has no finite ratio because half of an arm's messages failed: the other runs alone
    would hide it.
    """

    arm: str
    baseline: str
    condition: str
    ratio: PooledValue
    verdict: Verdict
    withheld: int = 0


@dataclass(frozen=True, slots=True)
class PooledRuns:
    """`left_out` are runs that are invalid, with their names."""

    scenario: str
    confidence: float
    rope: tuple[float, float]
    runs: tuple[str, ...]
    left_out: tuple[str, ...]
    contrasts: tuple[PooledContrast, ...]
    arms: tuple[PooledArm, ...]
