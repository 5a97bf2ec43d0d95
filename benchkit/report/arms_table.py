"""The arms side by side, a row an arm: turns, times with intervals, messages/s, failures by kind, bytes per message.

Below WIDE columns the intervals go under their values, so that the table fits an 80-column terminal. Law: no number
is ever cut. Where there is no room for all columns the bytes go; where that is not enough, the arms stand one below the other.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from benchkit.model.outcome import OutcomeKind
from benchkit.model.summary import ArmSummary, Estimate, Summary
from benchkit.report import numbers
from benchkit.report.columns import NAME_WIDTH, arm_name, column_width, empty_table

WIDE = 110
_NOTHING = Estimate(None)


def arms_table(summary: Summary, condition: str, *, width: int) -> Table:
    duration = duration_of(summary)
    headings = ("turns", f"median {duration}, ms", f"p95 {duration}, ms", "messages/s", "failed", "bytes each")
    between = " " if width >= WIDE else "\n"
    rows = [_cells(arm, duration, between=between) for arm in summary.arms if arm.condition == condition]
    for shown in (len(headings), len(headings) - 1):
        table = [list(map(Text, map(_broken, headings[:shown]))), *(cells[1 : shown + 1] for cells in rows)]
        if _width(table) <= width:
            return _side_by_side([cells[0] for cells in rows], table)
    return _one_below_the_other(headings, rows)


def _width(table: Sequence[Sequence[Text]]) -> int:
    """What the columns of numbers need beside that of the names."""
    return NAME_WIDTH + sum(column_width(column) for column in zip(*table, strict=True))


def _side_by_side(names: Sequence[Text], numbers_of_arms: Sequence[Sequence[Text]]) -> Table:
    headings, *rows = numbers_of_arms
    table = empty_table("arm", *headings, no_wrap=True)
    for name, cells in zip(names, rows, strict=True):
        table.add_row(name, *cells)
    return table


def _one_below_the_other(headings: Sequence[str], rows: Sequence[Sequence[Text]]) -> Table:
    table = empty_table("arm")
    table.add_column("")
    table.add_column("", justify="right", no_wrap=True)
    for name, *cells in rows:
        for first, heading, cell in zip((name, *[Text()] * len(cells)), headings, cells, strict=False):
            table.add_row(first, heading, cell)
    return table


def duration_of(summary: Summary) -> str:
    """The duration that this load model is about (method.md §4): an open load counts from the intended time."""
    return "response" if summary.load_model == "open" else "service"


def _cells(arm: ArmSummary, duration: str, *, between: str) -> list[Text]:
    times = arm.response_ms if duration == "response" else arm.service_ms
    sent = arm.accepted + arm.failed
    return [
        arm_name(arm.name, saturated=bool(arm.saturated)),
        Text(_turns(arm)),
        _estimate(times.get("p50", _NOTHING), between),
        _estimate(times.get("p95", _NOTHING), between),
        Text(numbers.decimal(arm.throughput_per_s)),
        _failures(arm),
        Text(numbers.size(arm.bytes_out / sent) if sent else numbers.NOT_KNOWN),
    ]


def _estimate(estimate: Estimate, between: str) -> Text:
    value, _, interval = numbers.with_interval(estimate, between).partition(between)
    if estimate.value is None:
        return Text(f"{value} {interval}".rstrip(), style="dim")
    return Text.assemble(value, (f"{between}{interval}" if interval else "", "dim"))


def _turns(arm: ArmSummary) -> str:
    """What a message costs, and the range where the messages of an arm differ."""
    if arm.turns is None:
        return numbers.NOT_KNOWN
    same = arm.turns.min == arm.turns.max
    return f"{arm.turns.each:.3g}" if same else f"{arm.turns.each:.3g} ({arm.turns.min}–{arm.turns.max})"


def _failures(arm: ArmSummary) -> Text:
    accepted = OutcomeKind.ACCEPTED.label
    kinds = [f"{number:,} {kind}" for kind, number in arm.outcomes.items() if kind != accepted and number]
    if arm.unsent:
        kinds.append(f"{arm.unsent:,} unsent")
    return Text("\n".join(kinds), style="red") if kinds else Text("0")


def _broken(heading: str) -> str:
    """Two short lines read better in a table than one long one."""
    return heading.replace(" ", "\n", 1)
