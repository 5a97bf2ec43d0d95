"""What several attempts at the same checks say together, and whether the machine was too busy to tell. Pure functions.

Other work on the machine makes times longer now and then; an error of the measurement is there every time. So a check of a time
that fails is made again, and passes if it passes once. A count that is wrong once is wrong.
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
    """Whether there is a failure that another attempt may explain, and none that it cannot."""
    failed = [check for check in checks if not check.passed]
    return bool(failed) and all(check.of_time for check in failed)


def combined(attempts: Sequence[Checks]) -> list[CertificationCheck]:
    """One check for each of the first attempt's, with how many attempts it took."""
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
    """What other work took while the certificate was made. `queued` and `stolen` are shares of the time."""

    queued: float
    stolen: float
    load: float
    cores: int

    @property
    def too_busy(self) -> str:
        """In words, empty where the machine had time."""
        found = []
        if self.queued > MOST_QUEUED:
            found.append(f"the sender was ready and had no core for {self.queued:.0%} of the time")
        if self.stolen > MOST_STOLEN:
            found.append(f"{self.stolen:.0%} of the cores' time was stolen by other virtual machines")
        if self.load > self.cores + LOAD_BESIDES:
            found.append(f"the load average was {self.load:.1f} on {self.cores} cores")
        return "; ".join(found)
