"""Who sends as a domain, by receivers' reports, as a table on the screen."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from benchkit.model.audit import ReportedSourceSummary, ReportsSummary
from benchkit.model.counts import counted
from benchkit.report.content.page import Cell, Column, Table, columns
from benchkit.report.numbers import percent
from benchkit.report.terminal_table import render_table

SHOWN = 15
COLUMNS = (
    *columns("address", "messages", "DMARC", "DKIM", "SPF", "quarantined", "rejected"),
    Column("in today's\nSPF record by", text=True),
)


def render_sources(reports: ReportsSummary, console: Console) -> None:
    console.print()
    console.print(Text("Who sends as this domain, by receivers' reports", style="bold underline"))
    if not reports.messages:
        console.print(Text("The reports name no message from this domain."))
        return
    addresses = counted(reports.addresses, "address", "addresses")
    console.print(
        Text(
            f"{counted(reports.messages, 'message')} from {addresses}, {reports.period}; "
            f"{percent(reports.passed / reports.messages)} passed DMARC"
        )
    )
    render_table(_table(reports.sources[:SHOWN]), console)
    if reports.addresses > SHOWN:
        console.print(Text(f"and {reports.addresses - SHOWN:,} more addresses", style="dim"))


def _table(sources: Sequence[ReportedSourceSummary]) -> Table:
    rows = [(each.address, f"{each.messages:,}", *_shares(each), *_applied(each), _term(each)) for each in sources]
    return Table(COLUMNS, tuple(tuple(map(Cell, row)) for row in rows), splits=True)


def _shares(source: ReportedSourceSummary) -> tuple[str, ...]:
    parts = (source.passed, source.dkim_aligned, source.spf_aligned)
    return tuple(percent(part / source.messages) if source.messages else "–" for part in parts)


def _applied(source: ReportedSourceSummary) -> tuple[str, ...]:
    return tuple(f"{number:,}" if number else "–" for number in (source.quarantined, source.rejected))


def _term(source: ReportedSourceSummary) -> str:
    return "unknown" if source.spf_term is None else source.spf_term or "not in it"
