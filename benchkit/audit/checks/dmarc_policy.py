"""What the policy tells receivers to do with mail from the domain itself."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.policy import own_policy
from benchkit.audit.facts.profile import is_unused
from benchkit.audit.fixes.dmarc_record import dmarc_fix
from benchkit.audit.records.dmarc import Policy
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dmarc_policy",
    mechanism=AuditedMechanism.DMARC,
    title="The policy stops forged mail",
    reference="RFC 9989 §4.7",
    text="`p=none` asks receivers for reports and for nothing else: anyone can still write in the domain's name. `t=y` "
    "weakens a policy by one step: reject is treated as quarantine, quarantine as none. Once the reports show that all "
    "of your own mail is aligned, publish `quarantine` or `reject` without `t=y`. RFC 9989 §7.4 advises against "
    "`p=reject` for domains whose users write to mailing lists, and against `p=reject` with SPF alone, without DKIM.",
    cases={
        "none": Case(Status.WARN, "The policy is none: receivers deliver forged mail like any other."),
        "testing": Case(Status.WARN, "t=y: receivers apply the policy one step weaker than it is written."),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    effective = await context.fact(own_policy)
    found = effective.found
    if effective.unanswered:
        yield RULE.unknown(context.domain, effective.unanswered)
    if effective.policy is None or found is None or found.record is None:
        return
    written, evidence = found.record.tags.value(effective.by), [found.answer]
    if found.record.testing:
        message = f"t=y weakens {effective.by}={written or found.record.policy}: receivers apply the policy {effective.policy}"
        advice = "Remove t=y when the reports show that all of your own mail is aligned."
        later = (await dmarc_fix(context, found.name)).later_step
        yield RULE.finding("testing", context.domain, message, evidence=evidence, advice=advice, fixes=later)
    elif effective.policy is Policy.NONE:
        message = f"the effective policy is none: forged mail from {context.domain} is delivered"
        first = "" if found.record.rua else "Ask for reports first (rua=). "
        advice = f"{first}Read the reports, align your mail, then publish quarantine or reject."
        fix = await dmarc_fix(context, found.name)
        # Beside the `v=spf1 -all` that an unused domain is to publish, p=reject refuses nothing of its own (RFC 7208 §10.1.2)
        unused = found.name == context.domain and await context.unread_fact(is_unused)
        fixes = fix.fixes if unused else fix.later_step
        yield RULE.finding("none", context.domain, message, evidence=evidence, advice=advice, fixes=fixes)
    else:
        yield RULE.passed(context.domain, f"the effective policy is {effective.policy}", evidence=evidence)


CHECK = Check(RULE, judge)
