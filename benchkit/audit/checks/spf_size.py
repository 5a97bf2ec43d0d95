"""Whether the SPF record and the other TXT records of the domain fit into one small answer."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.spf_record import spf_record
from benchkit.audit.records.text import txts_of
from benchkit.audit.rule import Case, Check, Rule
from benchkit.audit.txt_size import UNFRAGMENTED, answer_octets
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="spf_size",
    mechanism=AuditedMechanism.SPF,
    title="The TXT records at the domain fit into one answer",
    reference="RFC 7208 §3.4",
    text="All TXT records of the domain come in one answer. Past 512 octets it needs EDNS, past about 1,232 it is truncated, "
    "and resolvers ask again over TCP, which some networks block; the result is then `temperror`. RFC 7208 advises to "
    "keep the name and all these texts under 450 octets together. Remove verification texts that no service needs any "
    "more, and move groups of addresses into an include of your own.",
    cases={
        "advised": Case(Status.INFO, "The name and all TXT records have 450 octets or more."),
        "answer": Case(
            Status.WARN,
            ("All TXT records together have more than 1,232 octets: the answer is truncated and needs TCP."),
            3,
        ),
    },
)
ADVISED = 450


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(spf_record)
    if found.parsed is None:
        return
    octets, evidence = answer_octets(found.answer), [found.answer]
    size = len(context.domain) + sum(map(len, txts_of(found.answer)))
    if octets > UNFRAGMENTED:
        message = f"{len(found.answer.records)} TXT records make an answer of {octets:,} octets"
        advice = "Remove verification texts that no service needs any more."
        yield RULE.finding("answer", context.domain, message, evidence=evidence, advice=advice)
    elif size >= ADVISED:
        message = f"the name and all TXT records have {size} octets; under {ADVISED} are advised"
        yield RULE.finding("advised", context.domain, message, evidence=evidence)
    else:
        yield RULE.passed(context.domain, f"{size} octets, {octets:,} in the whole answer", evidence=evidence)


CHECK = Check(RULE, judge)
