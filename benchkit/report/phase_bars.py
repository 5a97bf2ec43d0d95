"""Where the time goes: one stacked bar an arm, all on one scale, one colour a phase.

With colours a part bears its phase's letter once; without (NO_COLOR, a pipe, 16 colours) the letter fills the part. So the
bar reads on light and dark terminals, and the legend need only name the letters.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate, pairwise

from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchkit.model.phases import PHASE_STYLES, PhaseTimes, in_order, is_dark, service_phases
from benchkit.model.summary import ArmSummary
from benchkit.model.trace import Phase
from benchkit.report import numbers

LARGEST = 3


def phase_bars(arms: Iterable[ArmSummary], console: Console) -> Table:
    """A grid of name, bar and mean service time; under each bar its largest phases, and what came after, in numbers."""
    shown = [(arm, service_phases(arm.phases_ms)) for arm in arms if arm.phases_ms]
    longest = max((_total(phases) for _, phases in shown), default=0.0)
    name_width = min(max((len(arm.name) for arm, _ in shown), default=0), console.width // 3)
    bar_width = max(10, console.width - name_width - 14)
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(width=name_width, overflow="fold")
    grid.add_column(overflow="fold")
    for arm, phases in shown:
        bar = _bar(phases, round(bar_width * _total(phases) / longest) if longest else 0, paints=paints_phases(console))
        bar.append(f" {numbers.duration(_total(phases))}", style="bold")
        grid.add_row(Text(arm.name), Text("\n").join([bar, Text(_in_numbers(arm, phases), style="dim")]))
    return grid


def legend(arms: Iterable[ArmSummary], console: Console) -> Text:
    """Only the phases that occur, in the order in which they happen."""
    occurring = in_order(phase for arm in arms for phase, _ in service_phases(arm.phases_ms))
    paints = paints_phases(console)
    return Text("  ").join(Text.assemble(_part(phase, 1, paints=paints), f" {phase.label}") for phase in occurring)


def paints_phases(console: Console) -> bool:
    """16 colours cannot tell 13 phases apart."""
    return console.color_system in ("256", "truecolor") and not console.no_color


def _bar(phases: PhaseTimes, width: int, *, paints: bool) -> Text:
    """Ends are rounded, not lengths, so that the parts always add up to the bar."""
    total = _total(phases)
    ends = (
        [round(width * part / total) for part in accumulate((mean for _, mean in phases), initial=0.0)] if total else []
    )
    parts = zip((phase for phase, _ in phases), pairwise(ends), strict=False)
    return Text().join(_part(phase, end - start, paints=paints) for phase, (start, end) in parts)


def _part(phase: Phase, width: int, *, paints: bool) -> Text:
    letter, colour = PHASE_STYLES[phase]
    if not paints:
        return Text(letter * width)
    return Text(letter.center(width)[:width], style=f"{'#ffffff' if is_dark(colour) else '#000000'} on {colour}")


def _in_numbers(arm: ArmSummary, phases: PhaseTimes) -> str:
    largest = sorted(phases, key=lambda part: -part[1])[:LARGEST]
    text = " · ".join(f"{phase.label} {numbers.duration(mean)}" for phase, mean in largest)
    close = arm.phases_ms.get(Phase.CLOSE.label)
    return f"{text} (then close {numbers.duration(close)})" if close else text


def _total(phases: PhaseTimes) -> float:
    return sum(mean for _, mean in phases)
