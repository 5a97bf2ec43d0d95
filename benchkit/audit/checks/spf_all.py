"""How the SPF record ends: what it says of senders that it does not list."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.spf_record import SpfFound, spf_record
from benchkit.audit.fixes.spf_record import fix
from benchkit.audit.records.spf import Qualifier
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="spf_all",
    mechanism=AuditedMechanism.SPF,
    title="The record says no to everybody else",
    reference="RFC 7208 §5.1",
    text="`all` matches every sender that no term before it has matched. `+all` lets the whole internet send for the "
    "domain; `?all`, and a record without `all`, say nothing about strangers. End the record with `-all`; or with "
    "`~all`, which with an enforcing DMARC policy comes to the same and is kinder to forwarded mail.",
    cases={
        "plus": Case(Status.FAIL, "`+all`: every host on the internet may send for the domain.", 30),
        "neutral": Case(Status.WARN, "`?all`: nothing is said about strangers.", 10),
        "missing": Case(Status.WARN, "No `all` and no `redirect`: nothing is said about strangers.", 10),
        "soft": Case(Status.INFO, "`~all`: strangers are suspicious; DMARC decides about them."),
    },
)
CASES = {Qualifier.PASS: "plus", Qualifier.NEUTRAL: "neutral", Qualifier.SOFTFAIL: "soft"}
MEANS = {
    Qualifier.PASS: "lets every host on the internet send for the domain",
    Qualifier.NEUTRAL: "says nothing about senders that are not listed",
    Qualifier.SOFTFAIL: "marks senders that are not listed as suspicious",
}


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(spf_record)
    if found.parsed is None or not found.parsed.valid:
        return
    end = found.parsed.all
    if end is None:
        if found.parsed.redirect is None:
            yield _missing(context.domain, found)
    elif end.qualifier is Qualifier.FAIL:
        yield RULE.passed(context.domain, "ends with -all", evidence=[found.answer])
    else:
        yield RULE.finding(
            CASES[end.qualifier],
            context.domain,
            f"{end.text} {MEANS[end.qualifier]}",
            evidence=[found.answer],
            paste="" if end.qualifier is Qualifier.SOFTFAIL else fix(found, {end.span: "-all"}),
            span=end.span,
        )


def _missing(domain: str, found: SpfFound) -> Finding:
    message = "ends without all: the result for senders that are not listed is neutral"
    advice = "Put -all or ~all at its end."
    return RULE.finding(
        "missing", domain, message, evidence=[found.answer], advice=advice, paste=fix(found, {}, end="-all")
    )


CHECK = Check(RULE, judge)
