"""`benchkit audit`: what receivers will make of a domain's mail, why, and what to paste into its zone."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from benchkit.cli.audit_answers import AnswerSource, domains_of, open_source
from benchkit.cli.audit_options import Given
from benchkit.cli.audit_output import chosen, earlier_findings, exit_code, show, since
from benchkit.cli.options_decorator import taking
from benchkit.clock import utc_now
from benchkit.errors import InputError, Mistake

if TYPE_CHECKING:
    from benchkit.audit import Options
    from benchkit.audit.message.parser import Mail
    from benchkit.audit.sending_identities import ArmIdentity
    from benchkit.model.audit import AuditReport


@taking(Given)
def audit(given: Given) -> None:
    """Judge whether a domain's mail will be believed. Says what to paste into its zone."""
    form = chosen(given)
    source = AnswerSource(
        tuple(given.zones or ()), given.replay, given.record, tuple(given.servers or ()), given.authorities
    )
    source.check()
    earlier = earlier_findings(given.baseline)
    options = _options(given)
    from benchkit.cli.audit_loop import run_audits

    named = _named(domains_of(given.domains or [], _standard_input), options)
    reports, changed = since(run_audits(_audit(named, source, options)), earlier)
    show(reports, form, changed, given)
    raise typer.Exit(exit_code(reports, given.fail_on))


def _standard_input() -> str:
    """Nothing where the shell has closed it."""
    return sys.stdin.read() if sys.stdin else ""


def _options(given: Given) -> Options:
    from benchkit.audit import ConnectOptions, Options
    from benchkit.connect_probe import LiveProbes

    _check_names(given)
    return Options(
        ip=given.ip,
        helo=given.helo,
        mail_from=given.mail_from,
        selectors=tuple(given.selectors or ()),
        offline=bool(given.zones),
        connections=ConnectOptions(LiveProbes(allow_private=given.allow_private)) if given.connect else None,
        allow_private=given.allow_private,
        blocklists=given.blocklists,
        nsec_walk=given.nsec_walk,
        mail=_mail(given.message),
        arms=_arms(given.scenario),
        now_s=round(utc_now().timestamp()),
    )


def _check_names(given: Given) -> None:
    """Raises InputError; a greeting may be an address in brackets too, and a bounce has no sender."""
    from benchkit.audit.domain_name import domain_name

    sender = given.mail_from.rpartition("@")[2]
    greeting = "" if given.helo.startswith("[") else given.helo
    named = [("--helo", greeting), ("--mail-from", sender), *(("--selector", name) for name in given.selectors or ())]
    for option, name in named:
        try:
            if name:
                domain_name(name)
        except InputError as error:
            raise InputError(Mistake(option, str(error))) from None


async def _audit(domains: Sequence[str], source: AnswerSource, options: Options) -> list[AuditReport]:
    from benchkit.audit import audit_domains

    async with open_source(source, domains[0]) as doors:
        options = replace(options, authorities=doors.at)
        return [report async for report in audit_domains(domains, doors.of, options)]


def _mail(path: Path | None) -> Mail | None:
    if path is None:
        return None
    from benchkit.audit.message.parser import read_mail

    try:
        return read_mail(path.read_bytes())
    except OSError as error:
        raise InputError(Mistake(str(path), f"cannot be read: {error.strerror}")) from None


def _arms(path: Path | None) -> tuple[ArmIdentity, ...]:
    if path is None:
        return ()
    from benchkit.audit.sending_identities import identities
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
