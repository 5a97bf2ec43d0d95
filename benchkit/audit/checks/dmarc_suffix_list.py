"""Whether receivers that still use the public suffix list find the same record as the tree walk."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.walk import Walk, own_walk
from benchkit.audit.fixes.dmarc_record import copied_record
from benchkit.audit.rule import Case, Check, Rule
from benchkit.audit.tables.public_suffixes import registrable
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dmarc_suffix_list",
    mechanism=AuditedMechanism.DMARC,
    title="Old and new receivers find the same record",
    reference="RFC 9989 §4.10",
    text="RFC 9989 finds the organizational domain by walking up the tree; RFC 7489 took it from the public suffix list. If "
    "the two find different records, old and new receivers treat the same mail differently. Publish a record at the "
    "domain itself: then all receivers find the same one.",
    cases={
        "record": Case(Status.WARN, "Old receivers (RFC 7489) and new ones (RFC 9989) find different records."),
        "organization": Case(
            Status.INFO, "Old and new receivers find different organizational domains, so relaxed alignment differs."
        ),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    walked, domain = await context.fact(own_walk), context.domain
    if walked.unanswered or not walked.found:
        return
    by_walk, by_list = walked.policy.name if walked.policy else "", suffix_list_answer(walked)
    evidence = [step.answer for step in walked.steps]
    if by_walk != by_list and walked.policy and walked.policy.record:
        found = f"older ones (RFC 7489, public suffix list) {f'that of {by_list}' if by_list else 'none'}"
        message = f"receivers that follow RFC 9989 apply the record of {by_walk}, {found}"
        fixes = await copied_record(context) if not walked.own.selection.records else ()
        advice = "Give the domain one record of its own."
        yield RULE.finding("record", domain, message, evidence=evidence, advice=advice, fixes=fixes)
    elif walked.organizational != registrable(domain):
        message = (
            f"organizational domain: {walked.organizational} by the walk, {registrable(domain)} by the suffix list"
        )
        yield RULE.finding("organization", domain, message, evidence=evidence)
    else:
        yield RULE.passed(domain, f"old and new receivers both find {walked.organizational}", evidence=evidence)


def suffix_list_answer(walked: Walk) -> str:
    """The name whose record RFC 7489 §6.6.3 would have used; "" for none: several records, or a void one, end its search."""
    names = (walked.start, registrable(walked.start))
    first = next((step for step in walked.steps if step.name in names and step.selection.records), None)
    return first.name if first and first.record and first.record.counts else ""


CHECK = Check(RULE, judge)
