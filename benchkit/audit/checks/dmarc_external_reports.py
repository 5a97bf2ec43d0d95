"""Whether other organizations have agreed to take the reports that are sent to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.report_authorization import report_authorization
from benchkit.audit.dmarc.walk import own_policy_step
from benchkit.audit.fixes import replacement
from benchkit.audit.rule import Case, Check, Rule, unanswered_in
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dmarc_external_reports",
    mechanism=AuditedMechanism.DMARC,
    title="Other organizations that get reports have agreed to it",
    reference="RFC 9990 §4",
    text="Reports to an address outside the organization are sent only if that side publishes `v=DMARC1` at "
    "`<domain>._report._dmarc.` and its own domain; a wildcard there agrees for all domains. Without it receivers "
    "drop the address silently. Ask the report's receiver to publish the record, or send the reports to a mailbox "
    "of your own.",
    cases={"not_agreed": Case(Status.WARN, "A report address is in another organization that has not agreed.", 8)},
)
DESTINATIONS = 20


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(own_policy_step)
    if found is None or found.record is None:
        return
    uris = [*found.record.rua, *found.record.ruf]
    foreign = list(dict.fromkeys(uri.domain for uri in uris if uri.domain))[:DESTINATIONS]
    consents = await asyncio.gather(*(context.fact(report_authorization, found.name, domain) for domain in foreign))
    for each in consents:
        if each.given is None:
            yield RULE.unknown(each.destination, unanswered_in(each.answers))
        elif not each.given:
            yield RULE.finding(
                "not_agreed",
                each.destination,
                (
                    f"{each.destination} has not agreed to take the reports of {found.name}: {each.name} has no such "
                    "record, so receivers send no reports there"
                ),
                evidence=[found.answer, *each.answers],
                advice=f"Ask {each.destination} to publish the record, or send the reports to a mailbox of your own.",
                fixes=[
                    replacement.fixed(
                        context.domain,
                        "consent to take reports",
                        each.name,
                        after=[replacement.txt_record("v=DMARC1")],
                        changes=[f"{each.destination} agrees to take the reports of {found.name}"],
                    )
                ],
            )
    if consents and all(each.given for each in consents):
        yield RULE.passed(found.name, "every report address may receive the reports", evidence=[found.answer])


CHECK = Check(RULE, judge, by_evidence=("not_agreed",))
