"""Combines several attempts at the same checks, and decides whether the machine was too busy. Pure functions.

Other work on the machine sometimes makes times longer; an error of the measurement is there every time. So a timing check
that fails is repeated, and passes if it passes once. A wrong count is never repeated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from benchkit.model.certificate import CertificationCheck

MOST_ATTEMPTS = 3
MOST_QUEUED = 0.05  # share of the time in which the worker was ready to run and had no core
MOST_STOLEN = 0.02  # share of the cores' time
LOAD_BESIDES = 1.0  # load average beyond the cores

Checks = Sequence[CertificationCheck]


def needs_another(checks: Checks) -> bool:
    """Whether another attempt may help: only timing checks failed."""
    failed = [check for check in checks if not check.passed]
    return bool(failed) and all(check.of_time for check in failed)


def combined(attempts: Sequence[Checks]) -> list[CertificationCheck]:
    """Each check of the first attempt, with the number of attempts that it took."""
    return [_combined(check, list(_same(check, attempts))) for check in attempts[0]]


def _same(check: CertificationCheck, attempts: Sequence[Checks]) -> Iterator[CertificationCheck]:
    for attempt in attempts:
        yield from (other for other in attempt if (other.name, other.subject) == (check.name, check.subject))


def _combined(check: CertificationCheck, found: Sequence[CertificationCheck]) -> CertificationCheck:
    passed = [one for one in found if one.passed]
    if not check.of_time:
        return next((one for one in found if not one.passed), check)
    chosen = passed[0] if passed else found[-1]
    return replace(chosen, attempts=found.index(chosen) + 1)


@dataclass(frozen=True, slots=True)
class Busyness:
    """The CPU time lost to other work during the certification. `queued` and `stolen` are shares of the time."""

    queued: float
    stolen: float
    load: float
    cores: int

    @property
    def too_busy(self) -> str:
        """Why the machine was too busy, in words; empty if it was not."""
        found = []
        if self.queued > MOST_QUEUED:
            found.append(f"the sender was ready and had no core for {self.queued:.0%} of the time")
        if self.stolen > MOST_STOLEN:
            found.append(f"{self.stolen:.0%} of the cores' time was stolen by other virtual machines")
        if self.load > self.cores + LOAD_BESIDES:
            found.append(f"the load average was {self.load:.1f} on {self.cores} cores")
        return "; ".join(found)
