"""Forward-confirmed reverse DNS of the single addresses that SPF authorises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.reverse import reverse
from benchkit.audit.facts.spf_tree import spf_addresses
from benchkit.audit.reverse_judging import CASES, judge_reverse
from benchkit.audit.rule import Check, Rule
from benchkit.audit.spf.addresses import AddressSet
from benchkit.audit.tables.special_addresses import special_use
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding

RULE = Rule(
    name="spf_reverse_dns",
    mechanism=AuditedMechanism.SPF,
    title="Every authorised address has a PTR name that leads back to it",
    reference="RFC 1912 §2.1",
    text="Gmail and Yahoo require a PTR record for every sending address, with a name that resolves back to it, "
    "whatever SPF says. benchkit checks the first sixteen addresses that the record authorises one by one. For "
    "wide networks the provider is responsible.",
    cases=CASES,
)
LOOKED_AT = 16


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    authorised = await context.fact(spf_addresses)
    if not context.is_complete(spf_addresses):
        return  # a term whose answer did not come may exclude an address that a later term names
    single = [address for address in _single(authorised) if not special_use(address)] if authorised else []
    found = await asyncio.gather(*(context.fact(reverse, address) for address in single[:LOOKED_AT]))
    findings = [judge_reverse(RULE, each, f"mail.{context.domain}", context.domain) for each in found]
    for finding in filter(None, findings):
        yield finding
    if findings and not any(findings):
        evidence = [answer for each in found for answer in each.answers]
        yield RULE.passed(
            context.domain, f"{len(found)} addresses have a PTR name that leads back to them", evidence=evidence
        )


def _single(authorised: AddressSet) -> list[str]:
    networks = (*authorised.networks4, *authorised.networks6)
    return [str(network.network_address) for network in networks if network.num_addresses == 1]


CHECK = Check(RULE, judge, by_evidence=("no_pointer", "not_confirmed"))
