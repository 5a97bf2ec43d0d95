"""Whether there is exactly one SPF record."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.spf_record import SpfFound, spf_record
from benchkit.audit.fixes.spf_record import SpfFix, spf_fix
from benchkit.audit.records.text import readable, strange_in
from benchkit.audit.rule import Case, Check, Rule, sentence, unanswered_in
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="spf_record",
    mechanism=AuditedMechanism.SPF,
    title="There is exactly one SPF record",
    reference="RFC 7208 §4.5",
    text="The envelope sender's domain must publish one TXT record that begins with `v=spf1` and a space. Without it "
    "the result is `none`, and Gmail, Yahoo and Microsoft refuse bulk mail; with two, the result is `permerror` "
    "and neither counts. List every host and service that sends for the domain in one record, and end it with "
    "`-all` or `~all`.",
    cases={
        "missing": Case(Status.FAIL, "There is no SPF record.", 25),
        "several": Case(Status.FAIL, "There are several SPF records: receivers use none of them.", 25),
        "almost": Case(
            Status.FAIL,
            ("A TXT record looks like SPF but does not begin with `v=spf1` and a space, so receivers ignore it."),
            25,
        ),
    },
)


MISSING = "no SPF record: SPF passes for no mail, and large receivers refuse bulk mail"


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(spf_record)
    domain, evidence = context.domain, [found.answer]
    if unanswered := unanswered_in(evidence):
        yield RULE.unknown(domain, unanswered)
    elif found.parsed is not None:
        yield RULE.passed(domain, "one SPF record", evidence=evidence)
    elif found.selection.records:
        yield _several(domain, found, await spf_fix(context))
    elif found.selection.almost:
        yield _almost(domain, found, await spf_fix(context))
    else:
        fix = await spf_fix(context)
        advice = sentence(fix.decide) or f"Publish the record below: {fix.fixes[0].changes[0]}."
        yield RULE.finding("missing", domain, MISSING, evidence=evidence, advice=advice, fixes=fix.fixes)


def _several(domain: str, found: SpfFound, fix: SpfFix) -> Finding:
    return RULE.finding(
        "several",
        domain,
        f"{len(found.selection.records)} SPF records: the result is permerror for every sender",
        evidence=[found.answer],
        advice=" ".join(filter(None, ("Publish one record with the terms of all.", sentence(fix.decide)))),
        fixes=fix.fixes,
    )


def _almost(domain: str, found: SpfFound, fix: SpfFix) -> Finding:
    meant = found.selection.almost[0]
    hint = strange_in(meant)
    return RULE.finding(
        "almost",
        domain,
        f"no SPF record; this text looks like one but is not valid: {readable(meant)[:60]!r}{hint}",
        evidence=[found.answer],
        advice=sentence(fix.decide) or "The record must begin with exactly v=spf1 and a space.",
        fixes=fix.fixes,
    )


CHECK = Check(RULE, judge)
