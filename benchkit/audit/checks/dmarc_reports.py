"""Whether the record asks for aggregate reports."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.walk import own_policy_step
from benchkit.audit.facts.profile import mail_profile
from benchkit.audit.fixes.dmarc_record import dmarc_fix
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dmarc_reports",
    mechanism=AuditedMechanism.DMARC,
    title="The record asks for aggregate reports",
    reference="RFC 9990 §3.5",
    text="Without `rua=` you do not learn who sends in your name and whether your own mail is aligned: you set a policy "
    "without knowing what it stops. Receivers should send to every address, up to a limit of their own; those that "
    "still follow RFC 7489 may stop after two. Failure reports (`ruf`, RFC 9991) hold parts of messages, and few "
    "receivers send them.",
    cases={
        "missing": Case(Status.WARN, "The record asks for no aggregate reports."),
        "many": Case(Status.INFO, "More than two report addresses: some receivers send to the first two only."),
    },
)
SERVED = 2


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(own_policy_step)
    if found is None or found.record is None:
        return
    name, uris = f"_dmarc.{found.name}", found.record.rua
    if not uris and (await context.fact(mail_profile)).sends_none:
        return  # a domain that sends nothing has nothing to learn from them
    if not uris:
        advice = (
            "Add rua= with a mailbox that you read, or the address of a report service, before you make the "
            "policy stricter."
        )
        fixes = (await dmarc_fix(context, found.name)).fixes
        message = "no aggregate reports (rua=): you do not see what the policy stops"
        yield RULE.finding("missing", name, message, evidence=[found.answer], advice=advice, fixes=fixes)
    elif len(uris) > SERVED:
        message = f"{len(uris)} addresses for reports; some receivers send to {SERVED} only"
        yield RULE.finding("many", name, message, evidence=[found.answer])
    else:
        yield RULE.passed(
            name, f"aggregate reports go to {', '.join(uri.text for uri in uris)}", evidence=[found.answer]
        )


CHECK = Check(RULE, judge)
