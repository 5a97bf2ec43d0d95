"""The result of `benchkit certify` on one machine: each check with the expected and the measured value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CertificationCheck:
    """`subject` is the dialogue, or the part of benchkit; `found` and `wanted` are in words with their units.

    `of_time`: other work on the machine can make it fail, so that it was measured `attempts` times; a count is never repeated.
    """

    name: str
    subject: str
    passed: bool
    found: str
    wanted: str
    of_time: bool = False
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class Certificate:
    """`machine` tells machines, kernels and versions of benchkit apart and names none of them."""

    created_utc: str
    version: str
    machine: str
    lab: str  # "TUN", or why there was none
    seconds: float
    checks: Sequence[CertificationCheck]
    busy: str = ""  # what other work this machine did meanwhile, in words; empty where it had time

    @property
    def passed(self) -> bool:
        return bool(self.checks) and all(check.passed for check in self.checks)

    @property
    def too_busy(self) -> bool:
        """Nothing is known: only times failed, on a machine that did other work."""
        failed = [check for check in self.checks if not check.passed]
        return bool(failed) and bool(self.busy) and all(check.of_time for check in failed)
