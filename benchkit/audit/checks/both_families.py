"""Whether the MX hosts and the name servers can be reached over IPv4 and over IPv6."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.mail_hosts import Addresses, addresses, located_mail_hosts
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="both_families",
    mechanism=AuditedMechanism.DNS,
    title="Mail hosts and name servers have IPv4 and IPv6 addresses",
    reference="RFC 3974 §3, RFC 3901 §4",
    text="A sender with IPv4 only cannot deliver to MX hosts that have IPv6 addresses only, and the other way round; the same "
    "holds for resolvers and name servers. All of them have IPv4, so a domain with IPv6 only loses mail. A domain without "
    "IPv6 cannot be reached by the few that have only IPv6. Give at least one MX host and one name server an address of each "
    "family.",
    cases={
        "mx_without_ipv4": Case(
            Status.FAIL,
            "No MX host has an IPv4 address: most senders cannot deliver.",
            10,
            advice="Give an MX host an IPv4 address.",
        ),
        "mx_without_ipv6": Case(Status.INFO, "No MX host has an IPv6 address."),
        "dns_without_ipv4": Case(
            Status.FAIL,
            "No name server has an IPv4 address: most resolvers cannot ask.",
            10,
            advice="Give a name server an IPv4 address.",
        ),
        "dns_without_ipv6": Case(Status.INFO, "No name server has an IPv6 address."),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    for host in await context.fact(located_mail_hosts):
        if host.addresses.missing:
            break  # mx_targets says so
    else:
        hosts = [host.addresses for host in await context.fact(located_mail_hosts)]
        for finding in _judge(context.domain, "mx", "MX host", hosts):
            yield finding
    named = await context.ask(context.domain, "NS")
    found = await asyncio.gather(*(context.fact(addresses, record.target) for record in named.records))
    for finding in _judge(context.domain, "dns", "name server", found):
        yield finding


def _judge(domain: str, case: str, what: str, hosts: Sequence[Addresses]) -> list[Finding]:
    if not any(host.texts for host in hosts):
        return []
    subject, evidence = f"{domain} ({what}s)", [answer for host in hosts for answer in host.answers]
    four, six = any(host.a.records for host in hosts), any(host.aaaa.records for host in hosts)
    if four and six:
        return [RULE.passed(subject, f"{what}s have IPv4 and IPv6 addresses", evidence=evidence)]
    family = "ipv6" if four else "ipv4"
    message = f"no {what} has an {family.replace('ip', 'IP')} address"
    return [RULE.finding(f"{case}_without_{family}", subject, message, evidence=evidence)]


CHECK = Check(RULE, judge)
