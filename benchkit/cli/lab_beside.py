"""Runs the receiving lab of a scenario while a command runs; does nothing for a scenario without one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from benchkit.model.receiving import RelayTarget
    from benchkit.model.scenario import Scenario
    from benchkit.model.secret import Secret


@dataclass(frozen=True, slots=True)
class LabBeside:
    """`scenario`: as it can be run. `secrets`: the password of the lab's mailbox, by its name."""

    scenario: Scenario
    relay: RelayTarget | None = None
    secrets: Mapping[str, Secret] = field(default_factory=dict)


@contextmanager
def lab_beside(plan: Scenario) -> Iterator[LabBeside]:
    """Raises InputError where software is missing or a server does not start."""
    if plan.receiving_lab is None:
        yield LabBeside(plan)
        return
    from benchkit.experiment.receiving_lab import MAILBOX, receiving_lab

    typer.echo("benchkit: the receiving lab starts (the first start of rspamd takes up to a minute) …", err=True)
    with receiving_lab(plan, plan.receiving_lab) as lab:
        yield LabBeside(lab.scenario, lab.relay, {MAILBOX: lab.password})
