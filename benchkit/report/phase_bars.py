"""Where the time goes: one stacked bar an arm, all on one scale, one colour a phase.

With colours a part shows its phase's letter once; without (NO_COLOR, a pipe, 16 colours) the letter fills the part. So the
bar reads on light and dark terminals, and the legend need only name the letters.
"""

from __future__ import annotations

from itertools import accumulate, pairwise

from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchkit.model.phases import PHASE_STYLES, PhaseTimes, in_order, is_dark
from benchkit.model.trace import Phase
from benchkit.report import numbers
from benchkit.report.content.page import PhaseBars


def phase_bars(shown: PhaseBars, console: Console) -> Table:
    """A grid of name, bar and mean service time; under each bar its largest phases, and what came after, in numbers."""
    longest = max((bar.total_ms for bar in shown.bars), default=0.0)
    name_width = min(max((len(bar.label) for bar in shown.bars), default=0), console.width // 3)
    bar_width = max(10, console.width - name_width - 14)
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(width=name_width, overflow="fold")
    grid.add_column(overflow="fold")
    for bar in shown.bars:
        width = round(bar_width * bar.total_ms / longest) if longest else 0
        drawn = _bar(bar.phases, width, paints=paints_phases(console))
        drawn.append(f" {numbers.duration(bar.total_ms)}", style="bold")
        grid.add_row(Text(bar.label), Text("\n").join([drawn, Text(bar.note, style="dim")]))
    return grid


def legend(shown: PhaseBars, console: Console) -> Text:
    """Only the phases that occur, in the order in which they happen."""
    occurring = in_order(phase for bar in shown.bars for phase, _ in bar.phases)
    paints = paints_phases(console)
    return Text("  ").join(Text.assemble(_part(phase, 1, paints=paints), f" {phase.label}") for phase in occurring)


def paints_phases(console: Console) -> bool:
    """16 colours cannot tell 13 phases apart."""
    return console.color_system in ("256", "truecolor") and not console.no_color


def _bar(phases: PhaseTimes, width: int, *, paints: bool) -> Text:
    """Ends are rounded, not lengths, so that the parts always add up to the bar."""
    total = sum(mean for _, mean in phases)
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
