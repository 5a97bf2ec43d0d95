"""Whether the domain asks for reports about TLS that failed, and does it rightly."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.policies import policy_texts
from benchkit.audit.fixes.policy_record import removed, replaced
from benchkit.audit.records.tls_rpt import parse_tls_rpt
from benchkit.audit.rule import Case, Check, Rule, lost
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="tls_rpt",
    mechanism=AuditedMechanism.TRANSPORT,
    title="TLS reports are asked for rightly",
    reference="RFC 8460 §3",
    text="Senders that cannot deliver over verified TLS (MTA-STS, DANE) report it to the address in the one TXT record "
    "at `_smtp._tls`: `v=TLSRPTv1; rua=mailto:…`. Without it, an expired certificate is noticed by the mail that "
    "does not come.",
    cases={
        "missing": Case(Status.INFO, "No TLS reports are asked for."),
        "missing_with_policy": Case(Status.WARN, "MTA-STS is announced, and nobody is told when it keeps mail out.", 2),
        "several": Case(Status.FAIL, "Several records: no reports are sent.", 5),
        "syntax": Case(Status.FAIL, "The record cannot be read.", 5),
        "address": Case(Status.WARN, "No reports can be sent to one of the addresses; the others get theirs.", 2),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(policy_texts, "_smtp._tls")
    name, evidence = found.answer.name, [found.answer]
    whole = f"v=TLSRPTv1; rua=mailto:postmaster@{context.domain}"
    if unanswered := lost(evidence):
        yield RULE.unknown(name, unanswered)
    elif not found.texts:
        announced = (await context.fact(policy_texts, "_mta-sts")).texts
        case = "missing_with_policy" if announced else "missing"
        others = replaced(found, whole)
        yield RULE.finding(case, context.domain, "no TLS reports are asked for", evidence=evidence, paste=others)
    elif found.only is None:
        message = f"{len(found.texts)} TLS-RPT records"
        yield RULE.finding("several", name, message, evidence=evidence, paste=removed(found, keep=1))
    elif faults := (record := parse_tls_rpt(found.only)).faults:
        case, fault = next((("syntax", fault) for fault in faults if fault.fatal), ("address", faults[0]))
        fixed = replaced(found, f"v=TLSRPTv1; rua={','.join(uri.text for uri in record.rua)}" if record.rua else whole)
        yield RULE.finding(case, name, fault.message, evidence=evidence, paste=fixed, span=fault.span)
    else:
        yield RULE.passed(context.domain, "TLS reports are asked for", evidence=evidence)


CHECK = Check(RULE, judge)
