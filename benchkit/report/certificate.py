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
    what, style = f"NOT CERTIFIED: {len(failed)} of {len(certificate.checks)} checks failed", "bold red"
    if certificate.passed:
        what, style = "CERTIFIED", "bold green"
    elif certificate.too_busy:
        what, style = "TOO BUSY TO CERTIFY: checks of times failed while the machine did other work", "bold yellow"
    console.print(Text(what, style=style))
    if certificate.busy:
        advice = "" if certificate.passed else ". End the other work and certify again"
        console.print(Text(f"Other work: {certificate.busy}{advice}.", style="yellow"))
    about = f"benchkit {certificate.version} on this machine, {certificate.created_utc}, in {certificate.seconds:.0f} s"
    console.print(Text(about, style="dim"))
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)
    for heading in ("", "check", "of", "found", "wanted"):
        table.add_column(heading, overflow="fold")
    for check in certificate.checks:
        mark = Text("ok", style="green") if check.passed else Text("FAILED", style="bold red")
        found = f"{check.found} (attempt {check.attempts})" if check.attempts > 1 else check.found
        table.add_row(mark, *map(Text, (check.name, check.subject, found, check.wanted)))
    console.print(table)
