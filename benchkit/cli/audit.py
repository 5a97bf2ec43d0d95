"""`benchkit audit`: what receivers will make of a domain's mail, why, and what to paste into its zone."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from benchkit.cli import audit_options as given
from benchkit.cli.audit_answers import Source, domains_of, open_source
from benchkit.cli.audit_output import chosen, exit_code, show, since
from benchkit.clock import utc_now
from benchkit.errors import InputError, Mistake

if TYPE_CHECKING:
    from benchkit.audit import Options
    from benchkit.audit.arm_identities import ArmIdentity
    from benchkit.audit.mail.message import Mail
    from benchkit.model.audit import AuditReport


def audit(
    domains: given.Domains = None,
    zones: given.Zones = None,
    replay: given.Replay = None,
    record: given.Record = None,
    servers: given.Servers = None,
    ip: given.Ip = "",
    helo: given.Helo = "",
    mail_from: given.MailFrom = "",
    selectors: given.Selectors = None,
    message: given.Message = None,
    scenario: given.ScenarioFile = None,
    connect: given.Connect = False,
    authorities: given.Authorities = False,
    blocklists: given.Blocklists = False,
    nsec_walk: given.NsecWalk = False,
    as_json: given.AsJson = False,
    as_csv: given.AsCsv = False,
    as_markdown: given.AsMarkdown = False,
    as_junit: given.AsJunit = False,
    as_sarif: given.AsSarif = False,
    fail_on: given.FailOn = "",
    baseline: given.Baseline = None,
    verbose: given.Verbose = False,
) -> None:
    """Judge whether mail from a domain will be believed, and say what to paste into its zone."""
    form = chosen(json=as_json, csv=as_csv, markdown=as_markdown, junit=as_junit, sarif=as_sarif)
    if fail_on not in ("", "warn", "fail"):
        raise InputError(Mistake("--fail-on", f"unknown status {fail_on!r}: say warn or fail"))
    source = Source(tuple(zones or ()), replay, record, tuple(servers or ()), authorities)
    source.check()
    from benchkit.audit import Connections, Options
    from benchkit.cli.audit_loop import run_audits

    options = Options(
        ip=ip,
        helo=helo,
        mail_from=mail_from,
        selectors=tuple(selectors or ()),
        offline=bool(zones),
        connections=Connections() if connect else None,
        blocklists=blocklists,
        nsec_walk=nsec_walk,
        mail=_mail(message),
        arms=_arms(scenario),
        now_s=round(utc_now().timestamp()),
    )
    named = _named(domains_of(domains or [], sys.stdin.read), options)
    reports, changed = since(run_audits(_audit(named, source, options)), baseline)
    show(reports, form, changed, verbose=verbose, fail_on=fail_on, zone=zones[0] if zones else None)
    raise typer.Exit(exit_code(reports, fail_on))


async def _audit(domains: Sequence[str], source: Source, options: Options) -> list[AuditReport]:
    from benchkit.audit import audit_domains

    async with open_source(source, domains[0]) as doors:
        options = replace(options, authorities=doors.at)
        return [report async for report in audit_domains(domains, doors.of, options)]


def _mail(path: Path | None) -> Mail | None:
    if path is None:
        return None
    from benchkit.audit.mail.message import read_mail

    try:
        return read_mail(path.read_bytes())
    except OSError as error:
        raise InputError(Mistake(str(path), f"cannot be read: {error.strerror}")) from None


def _arms(path: Path | None) -> tuple[ArmIdentity, ...]:
    if path is None:
        return ()
    from benchkit.audit.arm_identities import identities
    from benchkit.cli.names import known_names
    from benchkit.scenario import load

    return identities(load(path, known_names()))


def _named(domains: Sequence[str], options: Options) -> Sequence[str]:
    """Without a domain, the message's author's, or the scenario's."""
    authors = options.mail.author_domains if options.mail else tuple(arm.author for arm in options.arms[:1])
    found = domains or authors
    if not found:
        raise InputError(Mistake("audit", "name a domain, as in: benchkit audit shop.example"))
    return found
