"""Whether names that nobody made answer for mail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.fixes import replacement
from benchkit.audit.rule import Case, Check, Rule, lost
from benchkit.model.audit import AuditedMechanism
from benchkit.model.dns import Answer
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="wildcard_names",
    mechanism=AuditedMechanism.DNS,
    title="Names that nobody made stay without mail",
    reference="RFC 4592 §2.2",
    text="A name that nobody has is asked for. If it has an MX or SPF record, a wildcard makes every imaginable "
    "subdomain a mail domain: forged mail from any of them passes as coming from an existing name, DMARC's `np` "
    "never applies, and spam to all of them arrives. Name the subdomains that have mail, and take the wildcard "
    "out.",
    cases={
        "mail": Case(Status.WARN, "A wildcard gives mail records to every subdomain.", 3),
        "text": Case(Status.INFO, "A wildcard gives other TXT records to every subdomain."),
    },
)
PROBE = "benchkit-no-such-name"


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    name = f"{PROBE}.{context.domain}"
    mx, txt = await asyncio.gather(context.ask(name, "MX"), context.ask(name, "TXT"))
    if unanswered := lost([mx, txt]):
        yield RULE.unknown(context.domain, unanswered)
        return
    carries_spf = any("v=spf1" in record.text.lower() for record in txt.records)
    if mx.records or carries_spf:
        found = mx if mx.records else txt
        yield _finding("mail", context.domain, found, f"{name}, which nobody made, has {found.type} records")
    elif txt.records:
        yield _finding("text", context.domain, txt, f"{name}, which nobody made, has TXT records")
    else:
        yield RULE.passed(context.domain, "names that nobody made have no mail records", evidence=[mx, txt])


def _finding(case: str, domain: str, answer: Answer, message: str) -> Finding:
    out = replacement.lines(*(replacement.remove(f"*.{domain}", record) for record in answer.records))
    return RULE.finding(case, f"*.{domain}", message, evidence=[answer], paste=out if answer.wildcard else "")


CHECK = Check(RULE, judge)
