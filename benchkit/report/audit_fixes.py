"""The fixes of an audit on the screen: before and after side by side, why, then the text to copy in two forms.

Law: what is copied is never broken by the terminal, so those lines are soft-wrapped and come after the table.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from benchkit.model.dns import Record
from benchkit.model.outside_text import escape_control_chars
from benchkit.model.record_fix import RecordFix, value_of, zone_line
from benchkit.report.fix_words import groups, heading, panel_name

INDENT = (0, 0, 0, 2)


def render_fixes(fixes: Sequence[RecordFix], console: Console) -> None:
    for group in groups(fixes):
        console.print()
        console.print(Text(group.title, style="bold underline"))
        console.print(Text(group.note, style="dim"))
        for fix in group.fixes:
            _render(fix, console)


def _render(fix: RecordFix, console: Console) -> None:
    console.print()
    console.print(Text(heading(fix), style="bold"))
    if fix.before and fix.after:
        console.print(Padding(_side_by_side(fix), INDENT))
    for change in fix.changes:
        console.print(Padding(Text(f"• {change}"), INDENT))
    titles = (
        ("The old record:", "The new record:") if fix.ask else ("In the zone file, delete:", "In the zone file, add:")
    )
    for title, records in zip(titles, (fix.before, fix.after), strict=True):
        if records:
            console.print(Text(title, style="dim"))
        for record in records:
            console.print(Text(zone_line(fix.name, record)), soft_wrap=True)
    if fix.after and not fix.ask:
        console.print(Text("Or in a control panel:", style="dim"))
    for record in fix.after if not fix.ask else ():
        console.print(
            Text(f"Name {panel_name(fix)} (in full {fix.name}) · Type {record.type} · Value {_shown(record)}"),
            soft_wrap=True,
        )


def _shown(record: Record) -> str:
    return escape_control_chars(value_of(record), lines=False)


def _side_by_side(fix: RecordFix) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("before", "after"):
        table.add_column(Text(title, style="dim"), ratio=1, overflow="fold")
    table.add_row(*(Text("\n".join(_shown(record) for record in side)) for side in (fix.before, fix.after)))
    return table
