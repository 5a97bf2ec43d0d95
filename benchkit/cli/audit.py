"""`benchkit audit`: whether receivers will accept a domain's mail, why, and which records to publish."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from benchkit.cli.audit_answers import AnswerSource, domains_of, held_domains, open_source, read_zones
from benchkit.cli.audit_fixed import check_fixed, write_fixed
from benchkit.cli.audit_history import keep_audit, last_audit
from benchkit.cli.audit_options import Given
from benchkit.cli.audit_output import chosen, earlier_findings, exit_code, show, since
from benchkit.cli.audit_recording import AuditRecording, read_recording
from benchkit.cli.audit_reports import read_reports
from benchkit.cli.options_decorator import with_options
from benchkit.errors import InputError, Mistake
from benchkit.model.clock import utc_now

MESSAGE_FIELDS = ("from", "date", "subject", "to", "received", "message-id", "return-path", "dkim-signature")

if TYPE_CHECKING:
    from benchkit.audit import ConnectOptions, Options
    from benchkit.audit.message.parser import Mail
    from benchkit.audit.sending_identities import ArmIdentity
    from benchkit.model.audit import AuditReport


@with_options(Given)
def audit(given: Given) -> None:
    """Check SPF, DKIM, DMARC and more of a domain. Prints the records to publish."""
    if given.suggest is not None:
        from benchkit.cli.audit_suggest import audit_suggest

        audit_suggest(given, given.suggest)
        raise typer.Exit
    if given.recipients:
        from benchkit.cli.audit_list import audit_list

        raise typer.Exit(audit_list(given, given.recipients))
    form = chosen(given)
    recording, domains = read_recording(given.replay), domains_of(given.domains or [], _standard_input)
    source = AnswerSource(
        read_zones(given.zones or (), next(iter(domains), "")),
        recording.replay if recording else None,
        given.record,
        tuple(given.servers or ()),
        given.authorities or (recording is not None and recording.authorities),
        given.live,
        round(utc_now().timestamp()) if given.dnssec or (recording is not None and recording.validated) else None,
    )
    source.check()
    check_fixed(given)
    earlier = earlier_findings(given.baseline or last_audit(given.history))
    options = _options(given, source, recording.options if recording else None)
    from benchkit.cli.audit_loop import run_audits

    named = _named(domains, recording, options)
    named = named if domains or recording else held_domains(named, source, _named_by(given))
    _tell_unnamed(domains, named, source)
    audited = run_audits(_audit(named, source, options))
    keep_audit(given.history, audited)
    write_fixed(given, source.zone, audited)
    reports, changed = since(audited, earlier)
    show(reports, form, changed, replace(given, ip=options.ip or ""))  # also what a recording was made with
    raise typer.Exit(exit_code(reports, given.fail_on))


def _named_by(given: Given) -> str:
    """What named the domains, where no one typed them: the first of these that `_named` takes."""
    if given.message:
        return f"the From field of {given.message}"
    return f"the first arm of {given.scenario}" if given.scenario else f"{given.reports or 'the zone file'}"


def _tell_unnamed(given: Sequence[str], found: Sequence[str], source: AnswerSource) -> None:
    """Which names servers are about to be asked for, where no one has typed them."""
    if not given and not source.is_offline:
        some = ", ".join(found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")
        servers = ", ".join(source.servers) or "this machine's resolver"
        typer.echo(f"No DOMAIN given: auditing {some}, by {servers}", err=True)


def _standard_input() -> str:
    """Nothing where the shell has closed it."""
    return sys.stdin.read() if sys.stdin else ""


def _options(given: Given, source: AnswerSource, recorded: Options | None) -> Options:
    """What is given, over what a recording was made with."""
    from benchkit.audit import Options
    from benchkit.audit.zone_facts import zone_facts

    _check_names(given)
    zone = source.zone
    held = zone_facts(zone.records, zone.origins, zone.faults) if zone else None
    now_s = round(utc_now().timestamp())
    base = recorded or Options(offline=zone is not None, joined=source.joined, zone=held, now_s=now_s)
    return replace(
        base,
        ip=given.ip or base.ip,
        helo=given.helo or base.helo,
        mail_from=given.mail_from or base.mail_from,
        selectors=tuple(given.selectors or base.selectors),
        connections=_connections(given, base.connections),
        allow_private=given.allow_private or base.allow_private,
        blocklists=given.blocklists or base.blocklists,
        nsec_walk=given.nsec_walk or base.nsec_walk,
        mail=_mail(given.message) or base.mail,
        arms=_arms(given.scenario) or base.arms,
        reports=read_reports(given.reports, given.reports_password or "") or base.reports,
    )


def _connections(given: Given, recorded: ConnectOptions | None) -> ConnectOptions | None:
    """Those of a recording are not made again."""
    from benchkit.audit import ConnectOptions
    from benchkit.audit.connect_probe import LiveProbes, ProbeRecorder

    live = ConnectOptions(LiveProbes(allow_private=given.allow_private)) if given.connect else None
    chosen = recorded or live
    return replace(chosen, probes=ProbeRecorder(chosen.probes)) if chosen and given.record else chosen


def _check_names(given: Given) -> None:
    """Raises InputError; a greeting may be an address in brackets too, and a bounce has no sender."""
    from benchkit.audit.domain_name import domain_name

    if given.mail_from and given.mail_from != "<>" and not given.mail_from.rpartition("@")[0]:
        message = f'{given.mail_from} is not an address: write it as in news@shop.example, or "<>" for a bounce'
        raise InputError(Mistake("--mail-from", message))
    sender = "" if given.mail_from == "<>" else given.mail_from.rpartition("@")[2]
    greeting = "" if given.helo.startswith("[") else given.helo
    named = [("--helo", greeting), ("--mail-from", sender), *(("--selector", name) for name in given.selectors or ())]
    for option, name in named:
        try:
            if name or option == "--selector":
                domain_name(name)
        except InputError as error:
            raise InputError(Mistake(option, str(error))) from None


async def _audit(domains: Sequence[str], source: AnswerSource, options: Options) -> list[AuditReport]:
    from benchkit.audit import audit_domains
    from benchkit.audit.recorded_options import written

    def about() -> dict[str, Any]:
        return {"domains": list(domains), "options": written(options)}

    async with open_source(source, about) as servers:
        options = replace(options, authorities=servers.at, validated=servers.validated)
        return [report async for report in audit_domains(domains, servers.of, options)]


def _mail(path: Path | None) -> Mail | None:
    if path is None:
        return None
    from benchkit.audit.message.parser import read_mail

    try:
        mail = read_mail(path.read_bytes())
    except OSError as error:
        raise InputError(Mistake(str(path), f"cannot be read: {error.strerror}")) from None
    if not any(mail.all(name) for name in MESSAGE_FIELDS):
        message = (
            "is not a message: it has none of the usual header fields, such as From. Save the message with its headers"
        )
        raise InputError(Mistake(str(path), message))
    return mail


def _arms(path: Path | None) -> tuple[ArmIdentity, ...]:
    if path is None:
        return ()
    from benchkit.audit.sending_identities import identities
    from benchkit.cli.names import known_names
    from benchkit.scenario import load

    return identities(load(path, known_names()))


def _named(domains: Sequence[str], recording: AuditRecording | None, options: Options) -> Sequence[str]:
    """Without a domain, those recorded, else the message's author's, the scenario's, the reports', or the zone files'."""
    recorded = recording.domains if recording else ()
    authors = options.mail.author_domains if options.mail else tuple(arm.author for arm in options.arms[:1])
    reported = options.reports.domains if options.reports else ()
    found = domains or recorded or authors or reported or (options.zone.domains if options.zone else ())
    if not found:
        why = "; ".join(map(str, options.mail.authors.faults)) if options.mail else ""
        problem = f"{why}. Name the domain to audit beside it" if why else "name a domain"
        raise InputError(Mistake("--message" if why else "audit", f"{problem}, as in: benchkit audit shop.example"))
    return found
