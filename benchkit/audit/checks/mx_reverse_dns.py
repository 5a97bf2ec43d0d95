"""Forward-confirmed reverse DNS of the MX hosts: these hosts often send mail too, and receivers check it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.mail_hosts import located_mail_hosts
from benchkit.audit.facts.reverse import reverse
from benchkit.audit.reverse_judging import CASES, judge_reverse
from benchkit.audit.rule import Check, Rule
from benchkit.audit.tables.special_addresses import special_use
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding

RULE = Rule(
    name="mx_reverse_dns",
    mechanism=AuditedMechanism.MX,
    title="Every MX address has a PTR name that leads back to it",
    reference="RFC 1912 §2.1",
    text="An address whose PTR record is missing, or names a host that does not lead back to the address, is taken for "
    "a machine that was never meant to send mail. MX hosts often send too (bounces, forwards). Ask the provider that "
    "gave you the address to set the PTR record, and give the name that address.",
    cases=CASES,
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    hosts = await context.fact(located_mail_hosts)
    owner = {text: host.name for host in hosts for text in host.addresses.texts if not special_use(text)}
    found = await asyncio.gather(*(context.fact(reverse, address) for address in owner))
    findings = [judge_reverse(RULE, each, owner[each.address], context.domain) for each in found]
    for finding in filter(None, findings):
        yield finding
    if findings and not any(findings):
        evidence = [answer for each in found for answer in each.answers]
        yield RULE.passed(
            context.domain, (f"all {len(found)} addresses have a PTR name that leads back to them"), evidence=evidence
        )


CHECK = Check(RULE, judge, by_evidence=("no_pointer", "not_confirmed"))
