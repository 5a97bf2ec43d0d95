"""An audit on one screen, read from the top: the verdict in three parts, what to do first, the records, why, and the fixes.

verdict and score → three answers → do first → records, mechanisms → findings → fixes → points → what was not checked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from benchkit.model.audit import AuditedMechanism, AuditReport
from benchkit.model.finding import Status
from benchkit.model.outside_text import escape_control_chars, escaped
from benchkit.report.audit_findings import STYLES, render_findings, render_first
from benchkit.report.audit_fixes import render_fixes
from benchkit.report.audit_message import render_message
from benchkit.report.audit_sources import render_sources
from benchkit.report.audit_words import MECHANISM_NAMES, answers, headline
from benchkit.report.spf_words import spf_lines


def render_audit(report: AuditReport, console: Console, *, verbose: bool = False) -> None:
    """`verbose` shows what has passed too."""
    report = escaped(report)
    console.print(
        Text(headline(report), style=STYLES[report.verdict] if report.verdict != Status.PASS else "bold green")
    )
    console.print(_answers(report))
    render_first(report.findings, console)
    _records(report, console)
    console.print(_mechanisms(report))
    if report.message:
        render_message(report.message, console)
    if report.reports:
        render_sources(report.reports, console)
    shown = [finding for finding in report.findings if verbose or finding.status is not Status.PASS]
    render_findings(shown, console)
    render_fixes(report.fixes, console)
    _deductions(report, console)
    _heading(console, "Not checked")
    for text in report.not_checked:
        console.print(_listed("•", Text(text, style="dim")))
    console.print(Text(f"{report.queries} queries. benchkit explain RULE says more about a rule.", style="dim"))


def _answers(report: AuditReport) -> Table:
    """The three parts of the headline."""
    grid = Table.grid(padding=(0, 1))
    for status, about, result in answers(report):
        grid.add_row(Text(about), Text(result, style=STYLES[status]))
    return grid


def _records(report: AuditReport, console: Console) -> None:
    grid = Table.grid(padding=(0, 1))
    for name, text in _record_lines(report):
        grid.add_row(Text(name, style="bold"), Text(text, overflow="fold"))
    console.print(Padding(grid, (1, 0), expand=False))


def _record_lines(report: AuditReport) -> list[tuple[str, str]]:
    spf, dmarc = report.spf, report.dmarc
    lines = [("SPF", spf.record or "–"), *(("", line) for line in spf_lines(spf)), ("DMARC", dmarc.record or "–")]
    if spf.result is not None:
        explanation = f" ({spf.explanation})" if spf.explanation else ""
        way = f", by {' → '.join(spf.path)}" if spf.path else ""
        lines.insert(1, ("", f"result {spf.result}{way}{explanation}"))
    if dmarc.effective_policy:
        lines.append(("", f"effective policy {dmarc.effective_policy}, found at {dmarc.found_at}"))
    keys = ", ".join(
        " ".join(filter(None, (key.selector, key.key_type, str(key.key_bits or "")))) for key in report.dkim
    )
    return [*lines, ("DKIM", keys or "–")]


def _mechanisms(report: AuditReport) -> Table:
    grid = Table.grid(padding=(0, 2))
    cells = [
        Text.assemble((status.value.rjust(7), STYLES[status]), f" {MECHANISM_NAMES[mechanism]}")
        for mechanism, status in sorted(report.verdicts.items(), key=lambda item: list(AuditedMechanism).index(item[0]))
    ]
    for start in range(0, len(cells), 3):
        grid.add_row(*cells[start : start + 3])
    return grid


def _deductions(report: AuditReport, console: Console) -> None:
    if not report.deductions:
        return
    _heading(console, "Taken off the score")
    grid = Table.grid(padding=(0, 1))
    for item in report.deductions:
        grid.add_row(Text(f"−{item.points}", style="red"), item.rule)
    console.print(grid)


def _listed(mark: str, text: Text) -> Table:
    item = Table.grid(padding=(0, 1, 0, 0))
    item.add_row(mark, text)
    return item


def _heading(console: Console, title: str) -> None:
    console.print()
    console.print(Text(title, style="bold underline"))


def render_gone(gone: Sequence[Mapping[str, Any]], console: Console) -> None:
    """What an earlier audit had found and this one has not."""
    _heading(console, "Gone since the baseline" if gone else "Nothing is gone since the baseline")
    for finding in gone:
        line = f"{finding.get('status')} {finding.get('rule')}: {finding.get('message')}"
        console.print(_listed("•", Text(escape_control_chars(line))))
