"""`benchkit audit DOMAIN --suggest SENDERS`: the records to publish for senders that the owner names."""

from __future__ import annotations

from dataclasses import asdict

import typer

from benchkit.cli.audit_options import Given
from benchkit.errors import InputError, Mistake


def audit_suggest(given: Given, named: str) -> None:
    """Raises InputError."""
    from benchkit.audit.domain_name import domain_name
    from benchkit.audit.fixes.suggested import suggest_records

    if len(given.domains or []) != 1:
        raise InputError(Mistake("--suggest", 'is for one domain: benchkit audit shop.example --suggest "192.0.2.25"'))
    domain = domain_name((given.domains or [""])[0])
    found = suggest_records(domain, named)
    if given.as_json:
        from benchkit.model.outside_text import json_text

        typer.echo(json_text({"schema": 1, "domain": domain, **asdict(found)}), nl=False)
        return
    from rich.console import Console

    from benchkit.report.content.suggestion_page import suggestion_page
    from benchkit.report.terminal import render_page

    render_page(suggestion_page(domain, found), Console())
