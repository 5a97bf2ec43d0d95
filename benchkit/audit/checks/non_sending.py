"""A domain that declares that it sends no mail, judged by its own rules."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.policy import own_policy
from benchkit.audit.facts.profile import mail_profile
from benchkit.audit.facts.spf_record import spf_record
from benchkit.audit.fixes.dmarc_record import dmarc_fix
from benchkit.audit.records.dmarc import Policy
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="non_sending",
    mechanism=AuditedMechanism.SPF,
    title="A domain that sends no mail says so in SPF, DMARC and MX",
    reference="RFC 7208 §10.1.2",
    text="`v=spf1 -all` at a domain without MX, or with a null MX, declares that the domain sends no mail. Then DMARC should "
    "say `p=reject`, so that forged From addresses are refused too, and a domain that takes no mail either publishes a "
    "null MX (RFC 7505). Such a domain needs no DKIM key and no report address.",
    cases={
        "declared": Case(
            Status.INFO, "The domain declares that it sends no mail, and its DMARC policy rejects forged mail."
        ),
        "not_rejected": Case(
            Status.WARN,
            ("The domain declares that it sends no mail, but its DMARC policy does not reject forged mail."),
        ),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    spf = await context.fact(spf_record)
    profile = await context.fact(mail_profile)
    if not profile.sends_none:
        return
    effective = await context.fact(own_policy)
    if effective.unanswered:
        yield RULE.unknown(context.domain, effective.unanswered)
        return
    domain, evidence = context.domain, [spf.answer]
    if effective.policy is Policy.REJECT:
        silent = " and takes none" if profile.null_mx else ""
        yield RULE.finding("declared", domain, f"declares that it sends no mail{silent}", evidence=evidence)
    else:
        message = f"the domain declares that it sends no mail, but the DMARC policy is {effective.policy or 'missing'}"
        advice = "Publish p=reject: the domain sends no mail, so this stops only forged mail."
        fixes = (await dmarc_fix(context, domain)).fixes
        yield RULE.finding("not_rejected", domain, message, evidence=evidence, advice=advice, fixes=fixes)


CHECK = Check(RULE, judge)
