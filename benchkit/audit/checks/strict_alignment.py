"""Strict alignment that a provider's envelope sender can never meet."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.walk import own_policy_step
from benchkit.audit.facts.dkim_discovery import inferred_senders
from benchkit.audit.fixes.dmarc_record import dmarc_fix
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="strict_alignment",
    mechanism=AuditedMechanism.DMARC,
    title="Alignment is no stricter than the providers can meet",
    reference="RFC 9989 §4.4",
    text="With `aspf=s` the envelope sender must be in exactly the From domain. Providers send with an envelope sender "
    "of their own, or in a subdomain that is set up with them. So SPF never aligns strictly, and DMARC depends on "
    "DKIM alone. Relaxed alignment (the default) accepts a subdomain.",
    cases={
        "subdomain": Case(
            Status.WARN,
            "A provider's envelope sender is in a subdomain, which strict alignment never accepts.",
            3,
            advice="Remove aspf=s: relaxed alignment accepts a subdomain.",
        ),
        "provider": Case(
            Status.INFO, "A provider's envelope sender is in the provider's domain: SPF does not align at all."
        ),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(own_policy_step)
    if found is None or found.record is None or found.record.aspf != "s":
        return
    for sender in await context.fact(inferred_senders):
        if sender.return_path != "own":
            fixes = (await dmarc_fix(context, found.name)).fixes if sender.return_path == "subdomain" else ()
            message = f"aspf=s, but {sender.name} sends with an envelope sender in a domain other than {context.domain}"
            yield RULE.finding(sender.return_path, sender.name, message, evidence=[found.answer], fixes=fixes)


CHECK = Check(RULE, judge, by_evidence=("subdomain", "provider"))
