"""Whether a wildcard answers for every selector."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.dkim_discovery import CONTROL
from benchkit.audit.records.dkim import select_dkim
from benchkit.audit.records.text import txts_of
from benchkit.audit.rule import Case, Check, Rule, lost
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dkim_wildcard",
    mechanism=AuditedMechanism.DKIM,
    title="No wildcard answers for selectors",
    reference="RFC 6376 §6.1.2",
    text="A selector that nobody has is asked for. If it answers, a wildcard stands in the zone: with a key, that key "
    "serves every selector and can never be retired by name; with other texts, every lookup of a missing key "
    "comes back as a damaged one. Give the wildcard no TXT record, or publish an empty `p=` at the names that "
    "must be denied.",
    cases={
        "key": Case(Status.WARN, "A wildcard gives a key to every selector."),
        "text": Case(Status.INFO, "A wildcard gives other TXT records to every selector."),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    base = f"_domainkey.{context.domain}"
    control = await context.ask(f"{CONTROL}.{base}", "TXT")
    if unanswered := lost([control]):
        yield RULE.unknown(base, unanswered)
    elif not control.records:
        yield RULE.passed(base, "a selector that nobody has is denied", evidence=[control])
    else:
        keys = select_dkim(txts_of(control)).records
        message = f"{control.name}, which nobody has, answers with {'a key' if keys else 'a text'}"
        advice = "Publish each key under its own selector, then remove the wildcard."
        yield RULE.finding("key" if keys else "text", base, message, evidence=[control], advice=advice if keys else "")


CHECK = Check(RULE, judge)
