"""Whether aggregate and failure reports are asked for, and may go where they are sent."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.walk import own_policy_step
from benchkit.audit.facts.spf_record import spf_record
from benchkit.audit.fixes.dmarc_record import fix
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dmarc_reports",
    mechanism=AuditedMechanism.DMARC,
    title="Aggregate reports are asked for",
    reference="RFC 9990 §3.5",
    text="Without `rua=` nobody tells you who sends in your name and whether your own mail is aligned; a policy is "
    "then set blind. Receivers should serve every address, up to a limit of their own; those that still follow "
    "RFC 7489 need to serve two only. Failure reports (`ruf`, RFC 9991) hold parts of messages, and few receivers "
    "send them.",
    cases={
        "missing": Case(Status.WARN, "The record asks for no aggregate reports."),
        "many": Case(Status.INFO, "More than two report addresses: receivers may leave some out."),
    },
)
SERVED = 2


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(own_policy_step)
    if found is None or found.record is None:
        return
    name, uris = f"_dmarc.{found.name}", found.record.rua
    if not uris and (await context.fact(spf_record)).allows_nobody:
        return  # a domain that sends nothing has nothing to learn from them
    if not uris:
        mended = fix(found, rua=f"mailto:postmaster@{found.name}")
        advice = "Name a mailbox that somebody reads, or a service's."
        yield RULE.finding(
            "missing", name, "no aggregate reports (rua=)", evidence=[found.answer], advice=advice, paste=mended
        )
    elif len(uris) > SERVED:
        message = f"{len(uris)} addresses for reports; some receivers serve {SERVED} only"
        mended = fix(found, rua=",".join(uri.text for uri in uris[:SERVED]))
        yield RULE.finding("many", name, message, evidence=[found.answer], paste=mended)
    else:
        yield RULE.passed(
            name, f"aggregate reports go to {', '.join(uri.text for uri in uris)}", evidence=[found.answer]
        )


CHECK = Check(RULE, judge)
