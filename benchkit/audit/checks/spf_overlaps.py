"""Terms whose addresses an earlier term already authorises."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.spf_record import spf_record
from benchkit.audit.facts.spf_tree import spf_addresses, way
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="spf_overlaps",
    mechanism=AuditedMechanism.SPF,
    title="No two terms authorise the same addresses",
    reference="RFC 7208 §4.6.2",
    text="Addresses that two terms authorise pass by the first of them. That does no harm. But the second term may be "
    "useless and still cost a lookup, and removing only one of the two does not remove the addresses.",
    cases={
        "whole": Case(Status.INFO, "Earlier terms already authorise all addresses of a term."),
        "part": Case(Status.INFO, "Earlier terms already authorise some addresses of a term."),
    },
)
SHOWN = 5


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found, addresses = await context.fact(spf_record), await context.fact(spf_addresses)
    for each in addresses.overlaps[:SHOWN] if addresses else ():
        number = f"{each.addresses:,} addresses" if each.addresses > 1 else "1 address"
        message = f"{way(each.path)}: {number} already pass by {way(each.earlier)}"
        case = "whole" if each.whole else "part"
        yield RULE.finding(case, context.domain, message, evidence=[found.answer], span=each.path[0].span)


CHECK = Check(RULE, judge)
