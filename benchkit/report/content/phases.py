"""Where the time of each arm goes: its phases, the largest of them in numbers, and what came after the outcome."""

from __future__ import annotations

from collections.abc import Iterable

from benchkit.model.phases import PhaseTimes, service_phases
from benchkit.model.summary import ArmSummary
from benchkit.model.trace import Phase
from benchkit.report import numbers
from benchkit.report.content.page import PhaseBar, PhaseBars

LARGEST = 3


def phase_bars_of(arms: Iterable[ArmSummary]) -> PhaseBars:
    return PhaseBars(tuple(_bar(arm, service_phases(arm.phases_ms)) for arm in arms if arm.phases_ms))


def _bar(arm: ArmSummary, phases: PhaseTimes) -> PhaseBar:
    largest = sorted(phases, key=lambda part: -part[1])[:LARGEST]
    text = " · ".join(f"{phase.label} {numbers.duration(mean)}" for phase, mean in largest)
    close = arm.phases_ms.get(Phase.CLOSE.label)
    shown = f"{text} (then close {numbers.duration(close)})" if close else text
    return PhaseBar(arm.name, phases, f"{arm.client}: {shown}" if arm.client else shown)
