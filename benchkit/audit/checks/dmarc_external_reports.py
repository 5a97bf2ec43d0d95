"""Whether other organizations have agreed to take the reports that are sent to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.report_authorization import report_authorization
from benchkit.audit.dmarc.walk import own_policy_step
from benchkit.audit.fixes import replacement
from benchkit.audit.rule import Case, Check, Rule, lost
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dmarc_external_reports",
    mechanism=AuditedMechanism.DMARC,
    title="Whoever else gets reports has agreed to it",
    reference="RFC 9990 §4",
    text="Reports to an address outside the organization are sent only if that side publishes `v=DMARC1` at "
    "`<domain>._report._dmarc.` and its own domain; a wildcard there agrees for everybody. Without it receivers "
    "drop the address silently. Ask the report's receiver to publish the record, or send the reports to a mailbox "
    "of your own.",
    cases={"not_agreed": Case(Status.FAIL, "A report address lies in another organization that has not agreed.", 8)},
)
DESTINATIONS = 20


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(own_policy_step)
    if found is None or found.record is None:
        return
    uris = [*found.record.rua, *found.record.ruf]
    abroad = list(dict.fromkeys(uri.domain for uri in uris if uri.domain))[:DESTINATIONS]
    leaves = await asyncio.gather(*(context.fact(report_authorization, found.name, domain) for domain in abroad))
    for each in leaves:
        if each.given is None:
            yield RULE.unknown(each.destination, lost(each.answers))
        elif not each.given:
            yield RULE.finding(
                "not_agreed",
                each.destination,
                f"{each.destination} has not agreed to take the reports of {found.name}: {each.name} does not say so",
                evidence=[found.answer, *each.answers],
                advice=f"{each.destination} must publish this record.",
                paste=replacement.add_txt(each.name, "v=DMARC1"),
            )
    if leaves and all(each.given for each in leaves):
        yield RULE.passed(found.name, "the reports may go where they are sent", evidence=[found.answer])


CHECK = Check(RULE, judge, by_evidence=("not_agreed",))
