"""The certificate on the terminal: the verdict first, then every check with what was wanted and what was found."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchkit.model.certificate import Certificate
from benchkit.model.outside_text import escaped


def render_certificate(certificate: Certificate, console: Console) -> None:
    certificate = escaped(certificate)
    failed = [check for check in certificate.checks if not check.passed]
    what = (
        "CERTIFIED"
        if certificate.passed
        else f"NOT CERTIFIED: {len(failed)} of {len(certificate.checks)} checks failed"
    )
    console.print(Text(what, style="bold green" if certificate.passed else "bold red"))
    about = f"benchkit {certificate.version} on this machine, {certificate.created_utc}, in {certificate.seconds:.0f} s"
    console.print(Text(about, style="dim"))
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)
    for heading in ("", "check", "of", "found", "wanted"):
        table.add_column(heading, overflow="fold")
    for check in certificate.checks:
        mark = Text("ok", style="green") if check.passed else Text("FAILED", style="bold red")
        table.add_row(mark, *map(Text, (check.name, check.subject, check.found, check.wanted)))
    console.print(table)
