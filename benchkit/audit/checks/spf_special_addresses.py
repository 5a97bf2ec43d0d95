"""Whether the record authorises addresses that no Internet mail comes from."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.spf_record import spf_record
from benchkit.audit.facts.spf_tree import spf_addresses, way
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="spf_special_addresses",
    mechanism=AuditedMechanism.SPF,
    title="No private or reserved address is listed",
    reference="RFC 6890 §2.2",
    text="Private, loopback and reserved addresses in the record authorise no host on the internet: mail never arrives "
    "from there. At a receiver that sees such an address (a relay inside its own network) they let other senders "
    "pass. List the public address from which your mail leaves.",
    cases={"special": Case(Status.WARN, "A private or reserved network is authorised.")},
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found, addresses = await context.fact(spf_record), await context.fact(spf_addresses)
    if addresses is None:
        return
    first = {use.path: use for use in reversed(addresses.special)}
    for use in sorted(first.values(), key=lambda each: each.path[0].span):
        yield RULE.finding(
            "special",
            context.domain,
            f"{way(use.path)} authorises addresses that no Internet mail comes from: {use.use} ({use.network})",
            evidence=[found.answer],
            advice=f"Replace `{use.path[0].term}` by the public address from which that host's mail leaves.",
            span=use.path[0].span,
        )
    if not first:
        yield RULE.passed(context.domain, "no private or reserved networks", evidence=[found.answer])


CHECK = Check(RULE, judge)
