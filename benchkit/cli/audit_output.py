"""An audit's reports in the format that was asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from benchkit.errors import ExitCode, InputError, Mistake

if TYPE_CHECKING:
    from benchkit.audit.baseline import Changes, Earlier
    from benchkit.cli.audit_options import Given
    from benchkit.model.audit import AuditReport


class Format(StrEnum):
    SCREEN = "screen"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"
    JUNIT = "junit"
    SARIF = "sarif"


def chosen(given: Given) -> Format:
    """Raises InputError for one that needs a zone file."""
    flags = {
        Format.JSON: given.as_json,
        Format.CSV: given.as_csv,
        Format.MARKDOWN: given.as_markdown,
        Format.JUNIT: given.as_junit,
        Format.SARIF: given.as_sarif,
    }
    if given.as_sarif and not given.zones:
        raise InputError(Mistake("--sarif", "shows findings at the lines of a zone file: name one with --zone"))
    return next((form for form, wanted in flags.items() if wanted), Format.SCREEN)


def earlier_findings(baseline: Path | None) -> Earlier | None:
    """None without a baseline. Raises InputError."""
    if baseline is None:
        return None
    from benchkit.audit.baseline import read_baseline

    return read_baseline(baseline)


def since(reports: Sequence[AuditReport], earlier: Earlier | None) -> tuple[list[AuditReport], dict[str, Changes]]:
    """The reports with their new findings only, and what has changed by domain; all of them without a baseline."""
    if earlier is None:
        return list(reports), {}
    from benchkit.audit.baseline import changes

    changed = {report.domain: changes(report, earlier.get(report.domain, [])) for report in reports}
    return [
        replace(report, findings=changed[report.domain].new, unchanged=changed[report.domain].unchanged)
        for report in reports
    ], changed


def show(reports: Sequence[AuditReport], form: Format, changed: Mapping[str, Changes], given: Given) -> None:
    if form is Format.SCREEN:
        _screen(reports, changed, given)
    elif form is Format.JSON:
        documents = [_json(report, changed, given.ip) for report in reports]
        _echo_json(documents[0] if len(documents) == 1 else documents)
    elif form is Format.SARIF:
        _echo_json(_sarif(reports, given.zones))
    else:
        typer.echo(_text(reports, form, given.fail_on or ""), nl=False)


def exit_code(reports: Sequence[AuditReport], fail_on: str | None) -> ExitCode:
    from benchkit.report.audit_junit import FAILURES

    bad = FAILURES[fail_on] if fail_on else ()
    found = any(finding.status in bad for report in reports for finding in report.findings)
    return ExitCode.FINDINGS if found else ExitCode.FINE


def _text(reports: Sequence[AuditReport], form: Format, fail_on: str) -> str:
    if form is Format.CSV:
        from benchkit.report.audit_csv import to_csv

        return to_csv(reports)
    if form is Format.MARKDOWN:
        from benchkit.report.audit_markdown import to_markdown

        return to_markdown(reports)
    from benchkit.report.audit_junit import to_junit

    return to_junit(reports, fail_on)


def _json(report: AuditReport, changed: Mapping[str, Changes], ip: str) -> dict[str, Any]:
    """`ip`: the sending address that was asked about, so that stored audits of several addresses can be told apart."""
    from benchkit.report.audit_json import to_json

    document = to_json(report) | ({"ip": ip} if ip else {})
    return document | ({"gone": list(changed[report.domain].gone)} if report.domain in changed else {})


def _sarif(reports: Sequence[AuditReport], zones: Sequence[Path] | None) -> dict[str, Any]:
    from benchkit.audit.checks import CHECKS
    from benchkit.report.audit_sarif import to_sarif

    assert zones, "`chosen` has seen one"
    return to_sarif(reports, [CHECKS[name].rule for name in CHECKS.names()], zones[0])


def _screen(reports: Sequence[AuditReport], changed: Mapping[str, Changes], given: Given) -> None:
    from rich.console import Console

    from benchkit.report.audit_fleet import render_fleet
    from benchkit.report.audit_terminal import render_audit, render_gone

    console = Console()
    for report in reports:
        render_audit(report, console, verbose=given.verbose)
        if report.domain in changed:
            render_gone(changed[report.domain].gone, console)
    if len(reports) > 1:
        render_fleet(reports, console)
    if given.zones and not given.fixed and any(fix.is_for_now for report in reports for fix in report.fixes):
        typer.echo(
            '--fixed FILE writes the whole zone with every change of "Publish now" and "Safe defaults" made.', err=True
        )


def _echo_json(document: Any) -> None:
    typer.echo(json.dumps(document, indent=1))  # all ASCII: a record's control characters must not reach the terminal
