"""`benchkit certify`: checks what benchkit measures on this machine, in under three minutes; prints and keeps a certificate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from benchkit.errors import ExitCode

if TYPE_CHECKING:
    from benchkit.model.certificate import Certificate


def certify(
    out: Annotated[Path, typer.Option(metavar="DIR", help="The results folder that the certificate is for.")] = Path(
        "results"
    ),
    as_json: Annotated[bool, typer.Option("--json", help="Print the certificate as JSON and nothing else.")] = False,
) -> None:
    """Check benchkit itself against physics. Round trips, slopes, injected delays, A/A, speed."""
    from benchkit.experiment.certify.self_test import certify as measure
    from benchkit.experiment.parent.certificate_file import check_room, store_certificate

    check_room(out)
    certificate = measure(lambda what: typer.echo(f"measuring {what} ...", err=True))
    stored = store_certificate(certificate, out)
    if as_json:
        typer.echo(stored.read_text("utf-8"), nl=False)
    else:
        _show(certificate)
    typer.echo(f"stored in {stored}", err=True)
    raise typer.Exit(ExitCode.FINE if certificate.passed else ExitCode.INVALID_RUN)


def _show(certificate: Certificate) -> None:
    from rich.console import Console

    from benchkit.report.certificate import render_certificate

    render_certificate(certificate, Console())
