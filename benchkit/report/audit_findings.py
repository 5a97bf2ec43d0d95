"""The findings of an audit on the screen: each cause with what follows from it under it, then what is unknown and why."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchkit.model.finding import Finding, Status
from benchkit.report.finding_groups import UnknownGroup, do_first, finding_groups, unknown_groups

STYLES = {
    Status.FAIL: "bold red",
    Status.WARN: "yellow",
    Status.UNKNOWN: "magenta",
    Status.INFO: "cyan",
    Status.PASS: "green",
}
RULES_NAMED = 4


def render_first(findings: Sequence[Finding], console: Console) -> None:
    """What to do first, at most five things."""
    actions = do_first(findings)
    if not actions:
        return
    _heading(console, "Do this first")
    grid = Table.grid(padding=(0, 1))
    for number, action in enumerate(actions, 1):
        grid.add_row(f"{number}.", Text(action))
    console.print(grid)


def render_findings(findings: Sequence[Finding], console: Console) -> None:
    """All of them; leave out before what need not be shown."""
    if not findings:
        return
    _heading(console, "Findings, the most expensive first")
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1)
    for group in finding_groups(findings):
        _row(grid, group.cause, _sentence(group.cause))
        for each in group.follows:
            _row(grid, each, Text.assemble(("follows: ", "dim"), _sentence(each, advice=False)))
    for unknown in unknown_groups(findings):
        grid.add_row(Text(Status.UNKNOWN.value.rjust(7), style=STYLES[Status.UNKNOWN]), _unknown(unknown))
    console.print(grid)


def _row(grid: Table, finding: Finding, text: Text) -> None:
    grid.add_row(Text(finding.status.value.rjust(7), style=STYLES[finding.status]), text)


def _sentence(finding: Finding, *, advice: bool = True) -> Text:
    """What follows from a cause needs no advice of its own."""
    text = Text(finding.message)
    if finding.advice and advice:
        text.append(f". {finding.advice}", style="dim")
    return text.append(f" [{finding.rule}, {finding.reference}]", style="dim italic")


def _unknown(group: UnknownGroup) -> Text:
    text = Text(group.message)
    if group.advice:
        text.append(f". {group.advice}", style="dim")
    more = f" and {len(group.rules) - RULES_NAMED} more" if len(group.rules) > RULES_NAMED else ""
    return text.append(f" [{', '.join(group.rules[:RULES_NAMED])}{more}]", style="dim italic")


def _heading(console: Console, title: str) -> None:
    console.print()
    console.print(Text(title, style="bold underline"))
