"""Whether receivers that still use the public suffix list come to the same record as the tree walk."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.walk import Walk, own_walk
from benchkit.audit.fixes import replacement
from benchkit.audit.rule import Case, Check, Rule
from benchkit.audit.tables.public_suffixes import registrable
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dmarc_suffix_list",
    mechanism=AuditedMechanism.DMARC,
    title="Old and new receivers find the same record",
    reference="RFC 9989 §4.10",
    text="RFC 9989 finds the organizational domain by walking up the tree; RFC 7489 took it from the public suffix "
    "list. Where both come to different records, receivers treat the same mail differently until the last of them "
    "has moved. A record of its own at the domain makes the answer the same for all.",
    cases={
        "record": Case(Status.WARN, "The two ways find different records."),
        "organization": Case(
            Status.INFO, "The two ways find different organizational domains: relaxed alignment differs."
        ),
    },
)


async def judge(dossier: AuditContext) -> AsyncIterator[Finding]:
    trod, domain = await dossier.fact(own_walk), dossier.domain
    if trod.lost or not trod.found:
        return
    by_walk, by_list = trod.policy.name if trod.policy else "", suffix_list_answer(trod)
    evidence = [step.answer for step in trod.steps]
    if by_walk != by_list and trod.policy and trod.policy.record:
        message = f"the walk finds the record of {by_walk}, the suffix list {by_list or 'none'}"
        own = "" if trod.own.selection.records else replacement.add_txt(f"_dmarc.{domain}", trod.policy.record.text)
        advice = "Give the domain one record of its own."
        yield RULE.finding("record", domain, message, evidence=evidence, advice=advice, paste=own)
    elif trod.organizational != registrable(domain):
        message = f"organizational domain: {trod.organizational} by the walk, {registrable(domain)} by the suffix list"
        yield RULE.finding("organization", domain, message, evidence=evidence)
    else:
        yield RULE.passed(domain, f"the walk and the suffix list agree on {trod.organizational}", evidence=evidence)


def suffix_list_answer(trod: Walk) -> str:
    """The name whose record RFC 7489 §6.6.3 would have used; "" for none: several records, or a void one, end its search."""
    names = (trod.start, registrable(trod.start))
    first = next((step for step in trod.steps if step.name in names and step.selection.records), None)
    return first.name if first and first.record and first.record.counts else ""


CHECK = Check(RULE, judge)
