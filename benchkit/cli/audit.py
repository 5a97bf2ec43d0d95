"""`benchkit audit`: what receivers will make of a domain's mail, why, and what to paste into its zone."""

from __future__ import annotations

import sys
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from benchkit.cli.audit_answers import Source, domains_of, open_source
from benchkit.cli.audit_output import Format, chosen, exit_code, show, since
from benchkit.clock import utc_now
from benchkit.errors import InputError, Mistake

if TYPE_CHECKING:
    from benchkit.audit import Options
    from benchkit.audit.arm_identities import ArmIdentity
    from benchkit.audit.mail.message import Mail
    from benchkit.model.audit import AuditReport

_COLLECT_AFTER = 100_000  # objects; the default is 700


def audit(
    domains: Annotated[
        list[str] | None, typer.Argument(help="Domains; a file of them, one a line; or - for standard input.")
    ] = None,
    zones: Annotated[
        list[Path] | None,
        typer.Option(
            "--zone", metavar="FILE", help="Answer from this zone file, before it is published; may be given again."
        ),
    ] = None,
    replay: Annotated[Path | None, typer.Option(metavar="FILE", help="Answer from a recording, offline.")] = None,
    record: Annotated[Path | None, typer.Option(metavar="FILE", help="Write every answer to this file.")] = None,
    servers: Annotated[
        list[str] | None,
        typer.Option(
            "--nameserver", "-n", help="Ask this server: an address, tls://… or https://…; may be given again."
        ),
    ] = None,
    ip: Annotated[str, typer.Option("--ip", help="Evaluate SPF for mail from this address.")] = "",
    helo: Annotated[str, typer.Option("--helo", help="… that greets with this name.")] = "",
    mail_from: Annotated[str, typer.Option("--mail-from", help="… and this envelope sender.")] = "",
    selectors: Annotated[
        list[str] | None, typer.Option("--selector", help="A DKIM selector in use; may be given again.")
    ] = None,
    message: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Judge this message too: signatures, alignment, headers.")
    ] = None,
    scenario: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Judge the mail that this scenario's arms would send.")
    ] = None,
    connect: Annotated[
        bool,
        typer.Option("--connect", help="Connect to the MX hosts and the MTA-STS policy: STARTTLS, certificates, TLSA."),
    ] = False,
    authorities: Annotated[
        bool, typer.Option("--authorities", help="Ask every name server of the zone itself whether they agree.")
    ] = False,
    blocklists: Annotated[
        bool, typer.Option("--blocklists", help="Ask DNS blocklists about the addresses that send.")
    ] = False,
    nsec_walk: Annotated[
        bool, typer.Option("--nsec-walk", help="Find selectors by walking a zone signed with NSEC.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON: one object, or a list for several domains.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV, one row a domain.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Markdown.")] = False,
    as_junit: Annotated[bool, typer.Option("--junit", help="JUnit XML.")] = False,
    as_sarif: Annotated[bool, typer.Option("--sarif", help="SARIF, with --zone.")] = False,
    fail_on: Annotated[
        str, typer.Option("--fail-on", metavar="warn|fail", help="End with 3 where a finding is at least this bad.")
    ] = "",
    baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Show only what has changed since this --json output.")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show what has passed too.")] = False,
) -> None:
    """Judge whether mail from a domain will be believed, and say what to paste into its zone."""
    form = chosen(
        {
            Format.JSON: as_json,
            Format.CSV: as_csv,
            Format.MARKDOWN: as_markdown,
            Format.JUNIT: as_junit,
            Format.SARIF: as_sarif,
        }
    )
    if fail_on not in ("", "warn", "fail"):
        raise InputError(Mistake("--fail-on", f"unknown status {fail_on!r}: say warn or fail"))
    source = Source(tuple(zones or ()), replay, record, tuple(servers or ()))
    source.check()
    if authorities and zones:
        raise InputError(Mistake("--authorities", "asks servers, and a zone file has none: leave one of them out"))
    from benchkit.audit import Connections, Options

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
    reports, changed = since(_run(_audit(named, source, options, authorities=authorities)), baseline)
    show(reports, form, changed, verbose=verbose, fail_on=fail_on, zone=zones[0] if zones else None)
    raise typer.Exit(exit_code(reports, fail_on))


def _run(audits: Coroutine[Any, Any, list[AuditReport]]) -> list[AuditReport]:
    """On uvloop, and with a lazier garbage collector: by default it takes a third of a fleet's time."""
    import gc

    import uvloop

    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER)
    return uvloop.run(audits)


async def _audit(domains: Sequence[str], source: Source, options: Options, *, authorities: bool) -> list[AuditReport]:
    from benchkit.audit import audit_domains

    async with open_source(source, domains[0]) as doors:
        options = replace(options, authorities=doors.at if authorities else None)
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
