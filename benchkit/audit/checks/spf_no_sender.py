"""Whether a domain that takes mail lets any sender pass SPF."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.profile import mail_profile
from benchkit.audit.facts.spf_record import SpfFound, spf_record
from benchkit.audit.facts.spf_tree import spf_senders
from benchkit.audit.fixes.mx_records import mx_fix
from benchkit.audit.fixes.spf_record import SpfFix, spf_fix
from benchkit.audit.records.spf_terms import MechanismKind
from benchkit.audit.rule import Case, Check, Rule, sentence
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status
from benchkit.model.record_fix import RecordFix

RULE = Rule(
    name="spf_no_sender",
    mechanism=AuditedMechanism.SPF,
    title="At least one sender passes SPF",
    reference="RFC 7208 §6",
    text="A domain that takes mail also sends some: replies, bounces, automatic answers. A valid record can still let no host "
    "pass: `include=`, `ip4=` and `mx=` are unknown modifiers, which receivers ignore (§6); a `redirect` beside `all` is "
    "ignored (§6.1); terms after `all` are never evaluated; `~all` alone authorises no host, and neither does an include of "
    "a record that lets no host pass. Only a bare `v=spf1 -all` at a domain without MX hosts says that the domain sends no "
    "mail (§10.1.2). Name the hosts and services that send.",
    cases={"none": Case(Status.FAIL, "The domain takes mail, and its SPF record lets no sender pass.", 25)},
)
MX_FIRST = "Publish the new MX records: `mx` stands for their hosts."


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    profile, senders = await context.fact(mail_profile), await context.fact(spf_senders)
    if not profile.takes_mail or not senders.judged:
        return
    found = await context.fact(spf_record)
    if senders.any_pass:
        yield RULE.passed(context.domain, "some senders pass", evidence=[found.answer])
    elif senders.unanswered:
        yield RULE.unknown(context.domain, senders.unanswered)
    else:
        fix, first = await spf_fix(context), await _mx_first(context, found)
        text = found.parsed.text if found.parsed else ""
        message = f"no sender passes SPF: {text[:80]!r} authorises no address, and the domain takes mail"
        yield RULE.finding(
            "none",
            context.domain,
            message,
            evidence=[found.answer],
            advice=MX_FIRST if first else _advice(fix, bare=profile.bare_fail),
            fixes=first or fix.steps,
        )


async def _mx_first(context: AuditContext, found: SpfFound) -> tuple[RecordFix, ...]:
    """The MX records to correct, where the SPF record names the MX hosts."""
    mechanisms = found.parsed.mechanisms if found.parsed else ()
    named = any(term.kind is MechanismKind.MX and not term.domain for term in mechanisms)
    return tuple(fix for fix in await mx_fix(context) if fix.after) if named else ()


def _advice(fix: SpfFix, *, bare: bool) -> str:
    if bare:
        return "If the domain sends mail, replies included, name its senders before `-all`. If it sends none, keep the record."
    if fix.steps:
        return "Publish the record below."
    return sentence(fix.decide) or "Name the hosts and services that send for the domain."


CHECK = Check(RULE, judge)
