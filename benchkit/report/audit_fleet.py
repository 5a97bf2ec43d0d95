"""Many audits at a glance: one line for each domain, the worst first. It comes last, so that it is still on the screen at the
end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from benchkit.model.audit import SEVERITY, AuditReport
from benchkit.model.counts import counted
from benchkit.model.finding import Status
from benchkit.report.content.page import Cell, Column, Table, Tone, columns
from benchkit.report.terminal_table import render_table

COUNTED = (Status.FAIL, Status.WARN, Status.UNKNOWN)
BAD = (Status.FAIL, Status.WARN)
COLUMNS = (
    *columns("domain", "verdict", "score", *(status.value for status in COUNTED)),
    Column("fix first", text=True),
)
TONES = {
    Status.FAIL: Tone.ALARM,
    Status.WARN: Tone.WARNING,
    Status.UNKNOWN: Tone.STRONG,
    Status.INFO: Tone.PLAIN,
    Status.PASS: Tone.GOOD,
}


def render_fleet(reports: Sequence[AuditReport], console: Console) -> None:
    table = Table(COLUMNS, tuple(map(_row, sorted(reports, key=_badness))), splits=True)
    console.print()
    console.print(Text(f"{counted(len(reports), 'domain')}, the worst first", style="bold underline"))
    render_table(table, console)


def _row(report: AuditReport) -> tuple[Cell, ...]:
    numbers = Counter(finding.status for finding in report.all_findings)
    return (
        Cell(report.domain),
        Cell(report.verdict.value, TONES[report.verdict]),
        Cell("–" if report.score is None else str(report.score)),
        *(Cell(str(numbers[status])) for status in COUNTED),
        Cell(next((one.rule.partition(".")[0] for one in report.findings if one.status in BAD), "–")),
    )


def _badness(report: AuditReport) -> tuple[int, int]:
    return SEVERITY.index(report.verdict), -1 if report.score is None else report.score
