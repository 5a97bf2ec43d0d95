"""Who sends as a domain, by receivers' reports, as a table on the screen."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from benchkit.model.audit import ReportedSourceSummary, ReportsSummary
from benchkit.model.counts import counted
from benchkit.report.columns import empty_table
from benchkit.report.numbers import percent

SHOWN = 15


def render_sources(reports: ReportsSummary, console: Console) -> None:
    console.print()
    console.print(Text("Who sends as this domain, by receivers' reports", style="bold underline"))
    addresses = counted(reports.addresses, "address", "addresses")
    console.print(
        Text(
            f"{counted(reports.messages, 'message')} from {addresses}, {reports.period or 'no report'}; "
            f"{percent(reports.passed / reports.messages) if reports.messages else '–'} passed DMARC"
        )
    )
    if not reports.sources:
        return
    table = empty_table("address", "messages", "DMARC", "DKIM", "SPF", "quarantined", "rejected")
    table.add_column("in today's SPF record by", overflow="fold")
    for source in reports.sources[:SHOWN]:
        table.add_row(source.address, f"{source.messages:,}", *_shares(source), *_applied(source), _term(source))
    console.print(table)
    if reports.addresses > SHOWN:
        console.print(Text(f"and {reports.addresses - SHOWN:,} more addresses", style="dim"))


def _shares(source: ReportedSourceSummary) -> tuple[str, ...]:
    parts = (source.passed, source.dkim_aligned, source.spf_aligned)
    return tuple(percent(part / source.messages) if source.messages else "–" for part in parts)


def _applied(source: ReportedSourceSummary) -> tuple[str, ...]:
    return tuple(f"{number:,}" if number else "–" for number in (source.quarantined, source.rejected))


def _term(source: ReportedSourceSummary) -> str:
    return "unknown" if source.spf_term is None else source.spf_term or "not in it"
