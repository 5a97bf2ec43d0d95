"""Whether the record depends on reverse DNS."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.spf_record import spf_record
from benchkit.audit.records.spf import MechanismKind
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="spf_ptr",
    mechanism=AuditedMechanism.SPF,
    title="No term depends on reverse DNS",
    reference="RFC 7208 §5.5",
    text="`ptr` should not be published: it is slow, less reliable than the other terms, and a burden on the servers of the "
    "reverse zones. The macro `%{p}` (§7.2) has the same weakness. Name the hosts by `a`, `ip4` or `ip6`.",
    cases={
        "mechanism": Case(Status.WARN, "A `ptr` term: it is slow, and receivers may ignore it."),
        "macro": Case(Status.WARN, "The macro `%{p}`: it is slow, and receivers may ignore it."),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(spf_record)
    if found.parsed is None:
        return
    clean = True
    for term in found.parsed.mechanisms:
        macro = term.domain is not None and "p" in term.domain.letters
        if term.kind is MechanismKind.PTR or macro:
            clean = False
            yield RULE.finding(
                "macro" if macro else "mechanism",
                context.domain,
                f"{term.text} depends on reverse DNS: it is slow, and receivers may ignore it",
                evidence=[found.answer],
                advice=f"Replace `{term.text}` by the hosts that pass by it: a:, ip4: or ip6:.",
                span=term.span,
            )
    if clean:
        yield RULE.passed(context.domain, "no ptr", evidence=[found.answer])


CHECK = Check(RULE, judge)
