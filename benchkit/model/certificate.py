"""What `benchkit certify` found out about benchkit on one machine: checks, each with what was expected and what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CertificationCheck:
    """`subject` is the dialogue, or the part of benchkit; `found` and `wanted` are in words with their units."""

    name: str
    subject: str
    passed: bool
    found: str
    wanted: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """`machine` tells machines, kernels and versions of benchkit apart and names none of them."""

    created_utc: str
    version: str
    machine: str
    lab: str  # "TUN", or why there was none
    seconds: float
    checks: Sequence[CertificationCheck]

    @property
    def passed(self) -> bool:
        return bool(self.checks) and all(check.passed for check in self.checks)
