"""How the SPF record ends: what it says about senders that it does not list."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.profile import mail_profile
from benchkit.audit.facts.spf_record import SpfFound, spf_record
from benchkit.audit.fixes.spf_record import SpfFix, spf_fix
from benchkit.audit.records.spf import Qualifier, SpfMechanism
from benchkit.audit.rule import Case, Check, Rule, sentence
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="spf_all",
    mechanism=AuditedMechanism.SPF,
    title="The record ends with -all or ~all",
    reference="RFC 7208 §5.1",
    text="`all` matches every sender that no term before it has matched. `+all` lets the whole internet send for the domain; "
    "`?all`, and a record without `all`, say nothing about other senders. First list all hosts and services that send, and "
    "end the record with `~all`: receivers mark other mail, and with an enforcing DMARC policy refuse it. Change to `-all` "
    "once the DMARC reports show that none of your senders is missing.",
    cases={
        "plus": Case(Status.FAIL, "`+all`: every host on the internet may send for the domain.", 30),
        "neutral": Case(
            Status.WARN, "`?all`: the record says nothing about other senders, so it stops no forged mail.", 10
        ),
        "missing": Case(
            Status.WARN,
            ("No `all` and no `redirect`: the record says nothing about other senders, so it stops no forged mail."),
            10,
        ),
        "soft": Case(Status.INFO, "`~all`: other senders are marked as suspicious; DMARC decides about them."),
    },
)
CASES = {Qualifier.PASS: "plus", Qualifier.NEUTRAL: "neutral", Qualifier.SOFTFAIL: "soft"}
MEANS = {
    Qualifier.PASS: "lets every host on the internet send for the domain",
    Qualifier.NEUTRAL: "says nothing about senders that are not listed, so it stops no forged mail",
    Qualifier.SOFTFAIL: "marks senders that are not listed as suspicious",
}


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(spf_record)
    if found.parsed is None or not found.parsed.valid:
        return
    end = found.parsed.all
    if end is None:
        if found.parsed.redirect is None:
            yield _missing(context.domain, found, await spf_fix(context))
    elif end.qualifier is Qualifier.FAIL:
        yield RULE.passed(context.domain, "ends with -all", evidence=[found.answer])
    elif end.qualifier is Qualifier.SOFTFAIL:
        parked = (await context.unread_fact(mail_profile)).null_mx
        fixes = (await spf_fix(context)).fixes if parked else ()
        yield RULE.finding("soft", context.domain, _told(end), evidence=[found.answer], fixes=fixes, span=end.span)
    else:
        fix = await spf_fix(context)
        yield RULE.finding(
            CASES[end.qualifier],
            context.domain,
            _told(end),
            evidence=[found.answer],
            advice=_advice(fix),
            fixes=fix.fixes,
            span=end.span,
        )


def _told(end: SpfMechanism) -> str:
    return f"{end.text} {MEANS[end.qualifier]}"


def _missing(domain: str, found: SpfFound, fix: SpfFix) -> Finding:
    message = "ends without all: the result for senders that are not listed is neutral"
    return RULE.finding("missing", domain, message, evidence=[found.answer], advice=_advice(fix), fixes=fix.fixes)


def _advice(fix: SpfFix) -> str:
    if fix.fixes:
        return "End the record with ~all. Go on to -all when the DMARC reports show that no sender is missing."
    return (
        sentence(fix.decide) or "List the hosts and services that send for the domain, then end the record with ~all."
    )


CHECK = Check(RULE, judge)
