"""Many audits at a glance: a line a domain, the worst first. It ends the screen, where a reader of many reports arrives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from benchkit.model.audit import SEVERITY, AuditReport
from benchkit.model.counts import counted
from benchkit.model.finding import Status
from benchkit.report.audit_findings import STYLES
from benchkit.report.columns import empty_table

COUNTED = (Status.FAIL, Status.WARN, Status.UNKNOWN)
BAD = (Status.FAIL, Status.WARN)


def render_fleet(reports: Sequence[AuditReport], console: Console) -> None:
    table = empty_table("domain", "verdict", "score", *(status.value for status in COUNTED))
    table.add_column("fix first", overflow="fold")
    for report in sorted(reports, key=_badness):
        numbers = Counter(finding.status for finding in report.all_findings)
        table.add_row(
            Text(report.domain),
            Text(report.verdict.value, style=STYLES[report.verdict]),
            "–" if report.score is None else str(report.score),
            *(str(numbers[status]) for status in COUNTED),
            next((one.rule.partition(".")[0] for one in report.findings if one.status in BAD), "–"),
        )
    console.print()
    console.print(Text(f"{counted(len(reports), 'domain')}, the worst first", style="bold underline"))
    console.print(table)


def _badness(report: AuditReport) -> tuple[int, int]:
    return SEVERITY.index(report.verdict), -1 if report.score is None else report.score
