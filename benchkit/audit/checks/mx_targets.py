"""Whether every MX names a host that can take mail: a name, not an alias, not an address, with an address of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.mail_hosts import MailHost, MailHosts, located_mail_hosts, mail_hosts
from benchkit.audit.fixes.mx_records import is_address, mx_fix
from benchkit.audit.fixes.zone_names import explained, without_zone
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status
from benchkit.model.record_fix import RecordFix

RULE = Rule(
    name="mx_targets",
    mechanism=AuditedMechanism.MX,
    title="Every MX names a host with an address",
    reference="RFC 5321 §5.1",
    text="An MX record holds the name of a host that has an A or AAAA record. An IP address there is read as a host name, "
    "which does not exist; an alias (CNAME) is forbidden by RFC 2181 §10.3 and followed by some senders only; a host "
    "without an address makes every delivery to it wait. Name the real host, or remove the record.",
    cases={
        "literal": Case(Status.FAIL, "An MX record holds an IP address instead of a host name."),
        "alias": Case(Status.WARN, "An MX record names an alias (CNAME)."),
        "no_address": Case(Status.FAIL, "An MX record names a host that has no address."),
        "does_not_exist": Case(Status.FAIL, "An MX record names a host that does not exist."),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found, hosts = await context.fact(mail_hosts), await context.fact(located_mail_hosts)
    good = 0
    for host in hosts:
        finding = _judge_host(context.domain, found, host, await mx_fix(context))
        good += finding is None
        if finding is not None:
            yield finding
    if hosts and good == len(hosts):
        evidence = [found.answer, *(answer for host in hosts for answer in host.addresses.answers)]
        yield RULE.passed(context.domain, f"all {good} MX hosts have addresses", evidence=evidence)


def _judge_host(domain: str, found: MailHosts, host: MailHost, fixes: tuple[RecordFix, ...]) -> Finding | None:
    evidence = [found.answer, *host.addresses.answers]
    if is_address(host.name) or is_address(without_zone(domain, host.name)):
        added = "" if is_address(host.name) else f", and {explained(domain)}"
        message = (
            f"MX {without_zone(domain, host.name) or host.name} is an address; an MX record must name a host{added}"
        )
        return RULE.finding(
            "literal",
            host.name,
            message,
            evidence=evidence,
            advice="Give the host with this address a name, and write that name in the MX record.",
            fixes=fixes,
        )
    if host.addresses.unanswered:
        return RULE.unknown(host.name, host.addresses.unanswered)
    if host.addresses.missing:
        case, what = ("no_address", "has no address") if host.addresses.exists else ("does_not_exist", "does not exist")
        advice = "Give it an address, or remove the record."
        if meant := without_zone(domain, host.name):
            advice = f"If {meant} was meant, write it with a final dot: `{meant}.`; {explained(domain)}."
        return RULE.finding(
            case,
            host.name,
            f"MX {host.name} {what}: mail for it waits or bounces",
            evidence=evidence,
            advice=advice,
            fixes=fixes,
        )
    if aliases := host.addresses.a.cnames or host.addresses.aaaa.cnames:
        return RULE.finding(
            "alias",
            host.name,
            f"MX {host.name} is an alias of {aliases[-1]}: some senders do not follow it",
            evidence=evidence,
            advice="Name the host itself.",
            fixes=fixes,
            reference="RFC 2181 §10.3",
        )
    return None


CHECK = Check(RULE, judge, by_evidence=("alias", "no_address", "does_not_exist"), regardless=("literal",))
