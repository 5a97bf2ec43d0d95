"""Whether a wildcard answers for every selector."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.dkim_discovery import CONTROL
from benchkit.audit.records.dkim import parse_dkim, select_dkim
from benchkit.audit.records.text import txts_of
from benchkit.audit.rule import Case, Check, Rule, unanswered_in
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dkim_wildcard",
    mechanism=AuditedMechanism.DKIM,
    title="No wildcard gives a key to every selector",
    reference="RFC 6376 §6.1.2",
    text="benchkit asks for a selector that does not exist. If there is an answer, the zone has a wildcard. A wildcard key is "
    "valid for every selector, so you cannot retire it by name; a wildcard with another text makes every missing key look "
    "like a damaged one. Give the wildcard no TXT record. A wildcard with an empty `p=` (a revoked key) is correct: it says "
    "that no other selector has a key.",
    cases={
        "key": Case(Status.WARN, "A wildcard gives a key to every selector."),
        "text": Case(Status.INFO, "A wildcard gives other TXT records to every selector."),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    base = f"_domainkey.{context.domain}"
    control = await context.ask(f"{CONTROL}.{base}", "TXT")
    if unanswered := unanswered_in([control]):
        yield RULE.unknown(base, unanswered)
    elif not control.records:
        yield RULE.passed(base, "no wildcard: a selector that does not exist has no record", evidence=[control])
    elif (keys := select_dkim(txts_of(control)).records) and all(parse_dkim(text).revoked for text in keys):
        yield RULE.passed(base, "a wildcard with an empty p= says that no other selector has a key", evidence=[control])
    else:
        message = (
            f"a wildcard answers for every selector: the invented {control.name} has {'a key' if keys else 'a text'}"
        )
        advice = "Publish each key under its own selector, then remove the wildcard."
        yield RULE.finding("key" if keys else "text", base, message, evidence=[control], advice=advice if keys else "")


CHECK = Check(RULE, judge)
