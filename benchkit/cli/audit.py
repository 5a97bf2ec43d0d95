"""`benchkit audit`: what receivers will make of a domain's mail, why, and what to paste into its zone."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from benchkit.errors import ExitCode, InputError, Mistake

if TYPE_CHECKING:
    from benchkit.audit import Options
    from benchkit.model.audit import AuditReport
    from benchkit.model.dns import Ask


def audit(
    domains: Annotated[
        list[str] | None, typer.Argument(help="Domains; a file of them, one a line; or - for standard input.")
    ] = None,
    zone: Annotated[
        list[Path] | None,
        typer.Option("--zone", help="Audit this zone file, before it is published; may be given again."),
    ] = None,
    ip: Annotated[str, typer.Option("--ip", help="Evaluate SPF for mail from this address.")] = "",
    helo: Annotated[str, typer.Option("--helo", help="… that greets with this name.")] = "",
    mail_from: Annotated[str, typer.Option("--mail-from", help="… and this envelope sender.")] = "",
    selectors: Annotated[
        list[str] | None, typer.Option("--selector", help="A DKIM selector in use; may be given again.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON: one object, or a list for several domains.")
    ] = False,
    fail_on: Annotated[
        str, typer.Option("--fail-on", help="End with 3 where a finding is this bad: warn or fail.")
    ] = "",
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show what has passed too.")] = False,
) -> None:
    """Judge whether mail from a domain will be believed."""
    from benchkit.audit import Options

    options = Options(ip=ip, helo=helo, mail_from=mail_from, selectors=tuple(selectors or ()), offline=bool(zone))
    ask = _ask(zone or [])
    reports = asyncio.run(_audit(_domains(domains or []), lambda _: ask, options))
    _show(reports, as_json=as_json, verbose=verbose)
    raise typer.Exit(_exit_code(reports, fail_on))


async def _audit(domains: Sequence[str], ask: Callable[[str], Ask], options: Options) -> list[AuditReport]:
    from benchkit.audit import audit_domains

    return [report async for report in audit_domains(domains, ask, options)]


def _ask(zones: Sequence[Path]) -> Ask:
    from benchkit.resolver import from_zone

    return from_zone(zones)


def _domains(given: Sequence[str]) -> list[str]:
    """Names as given; the lines of a file or of standard input, without blanks and `#` comments."""
    found: list[str] = []
    for text in given:
        if text == "-":
            found += _lines(sys.stdin.read())
        elif Path(text).is_file():
            found += _lines(Path(text).read_text("utf-8"))
        else:
            found.append(text)
    if not found:
        raise InputError(Mistake("audit", "name a domain, as in: benchkit audit shop.example"))
    return list(dict.fromkeys(found))


def _lines(text: str) -> list[str]:
    return [name for line in text.splitlines() if (name := line.partition("#")[0].strip())]


def _show(reports: Sequence[AuditReport], *, as_json: bool, verbose: bool) -> None:
    import json

    from benchkit.report.audit_json import to_json

    if as_json:
        documents = [to_json(report) for report in reports]
        typer.echo(json.dumps(documents[0] if len(documents) == 1 else documents, indent=1, ensure_ascii=False))
        return
    from rich.console import Console

    from benchkit.report.audit_terminal import render_audit

    for report in reports:
        render_audit(report, Console(), verbose=verbose)


def _exit_code(reports: Sequence[AuditReport], fail_on: str) -> ExitCode:
    from benchkit.model.finding import Status

    bad = {"": (), "warn": (Status.WARN, Status.FAIL), "fail": (Status.FAIL,)}.get(fail_on)
    if bad is None:
        raise InputError(Mistake("--fail-on", f"unknown status {fail_on!r}: say warn or fail"))
    found = any(finding.status in bad for report in reports for finding in report.findings)
    return ExitCode.FINDINGS if found else ExitCode.FINE
