"""The message that an audit was given, on the screen: its size and parts, the receiver's results, the path with its delays."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from benchkit.model.audit import HopSummary, MailSummary
from benchkit.report.content.page import Cell, Table, columns
from benchkit.report.numbers import size
from benchkit.report.terminal_table import render_table

TLS = {True: "TLS", False: "no TLS", None: "not known"}


def render_message(message: MailSummary, console: Console) -> None:
    console.print()
    console.print(Text("The message", style="bold underline"))
    parts = ", ".join(f"{kind} {size(octets)}" for kind, octets in message.parts)
    console.print(Text(f"{size(message.bytes)}: {parts or 'no part that can be read'}"))
    if message.received:
        results = ", ".join(f"{method}={result}" for method, result in message.received)
        console.print(Text(f"{message.receiver or 'the receiver'} found {results}"))
    if not message.hops:
        return
    rows = [
        (_delay(hop), hop.sender or "?", hop.receiver or "?", hop.protocol or "?", TLS[hop.tls]) for hop in message.hops
    ]
    headings = columns("after", "from", "to", "protocol", "TLS")
    render_table(Table(headings, tuple(tuple(map(Cell, row)) for row in rows), texts=True), console)


def _delay(hop: HopSummary) -> str:
    return "–" if hop.delay_s is None else f"{hop.delay_s:,.0f} s"
