"""Where the time goes: one stacked bar an arm, all on one scale, one colour a phase.

Without colour (NO_COLOR, a pipe) each phase fills its part with its own letter; the legend names letter and colour both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import accumulate, pairwise

from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchkit.model.summary import ArmSummary
from benchkit.model.trace import Phase
from benchkit.report import numbers

# The letters are unique; the colours are those of the figures (plots/look.py): blues set a connection up, greens are the
# envelope, amber is content, reds are HTTP.
LETTERS = {
    Phase.CONNECT: "C", Phase.TLS: "T", Phase.BANNER: "B", Phase.EHLO: "E", Phase.STARTTLS: "S", Phase.AUTH: "A",
    Phase.MAIL: "M", Phase.RCPT: "R", Phase.DATA: "D", Phase.CONTENT: "N",
    Phase.REQUEST: "Q", Phase.WAIT: "W", Phase.RESPONSE: "P", Phase.CLOSE: "X",
}  # fmt: skip
COLOURS = {
    Phase.CONNECT: "#0b2f5e", Phase.TLS: "#3f7fbf", Phase.BANNER: "#164a86", Phase.EHLO: "#74aede", Phase.STARTTLS: "#2563a6",
    Phase.AUTH: "#b3d4f0", Phase.MAIL: "#0b5d4b", Phase.RCPT: "#35a184", Phase.DATA: "#8fd3bd", Phase.CONTENT: "#f2b134",
    Phase.REQUEST: "#f3a08a", Phase.WAIT: "#d1442b", Phase.RESPONSE: "#7c1f12", Phase.CLOSE: "#9a9a9a",
}  # fmt: skip
LARGEST = 4


def phase_bars(arms: Iterable[ArmSummary], console: Console) -> Table:
    """A grid of name, bar and total; under each bar its largest phases in numbers."""
    shown = [arm for arm in arms if arm.phases_ms]
    longest = max((sum(arm.phases_ms.values()) for arm in shown), default=0.0)
    name_width = min(max((len(arm.name) for arm in shown), default=0), console.width // 3)
    bar_width = max(10, console.width - name_width - 14)
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(width=name_width, overflow="fold")
    grid.add_column(overflow="fold")
    for arm in shown:
        total = sum(arm.phases_ms.values())
        bar = _bar(arm.phases_ms, round(bar_width * total / longest) if longest else 0, coloured=has_colour(console))
        bar.append(f" {numbers.duration(total)}", style="bold")
        grid.add_row(Text(arm.name), Text("\n").join([bar, Text(_in_numbers(arm.phases_ms), style="dim")]))
    return grid


def legend(arms: Iterable[ArmSummary], console: Console) -> Text:
    """Only the phases that occur, in the order in which they happen."""
    occurring = {phase for arm in arms for phase, _ in _ordered(arm.phases_ms)}
    entries = [
        Text.assemble(("■ ", COLOURS[phase]), phase.label)
        if has_colour(console)
        else Text(f"{LETTERS[phase]} {phase.label}")
        for phase in sorted(occurring)
    ]
    return Text("  ").join(entries)


def has_colour(console: Console) -> bool:
    return console.color_system is not None and not console.no_color


def _bar(phases_ms: Mapping[str, float], width: int, *, coloured: bool) -> Text:
    """Ends are rounded, not lengths, so that the parts always add up to the bar."""
    phases = _ordered(phases_ms)
    total = sum(mean for _, mean in phases)
    ends = (
        [round(width * part / total) for part in accumulate((mean for _, mean in phases), initial=0.0)] if total else []
    )
    bar = Text()
    for (phase, _), (start, end) in zip(phases, pairwise(ends), strict=False):
        bar.append(("█" if coloured else LETTERS[phase]) * (end - start), style=COLOURS[phase])
    return bar


def _in_numbers(phases_ms: Mapping[str, float]) -> str:
    largest = sorted(_ordered(phases_ms), key=lambda part: -part[1])[:LARGEST]
    return " · ".join(f"{phase.label} {numbers.duration(mean)}" for phase, mean in largest)


def _ordered(phases_ms: Mapping[str, float]) -> list[tuple[Phase, float]]:
    return sorted((Phase[name.upper()], mean) for name, mean in phases_ms.items() if mean > 0)
