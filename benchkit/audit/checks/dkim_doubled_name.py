"""Whether a key or a DMARC record is at a name that ends in the domain twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.dkim_discovery import discovery
from benchkit.audit.fixes.dmarc_record import dmarc_fix
from benchkit.audit.fixes.replacement import fixed
from benchkit.audit.records.dkim import select_dkim
from benchkit.audit.records.text import txts_of
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.dns import Answer
from benchkit.model.finding import Finding, Status
from benchkit.model.record_fix import RecordFix

RULE = Rule(
    name="dkim_doubled_name",
    mechanism=AuditedMechanism.DKIM,
    title="No record is at a doubled name",
    reference="RFC 1035 §5.1",
    text="A control panel that appends the domain to every name turns a name that already ends in the domain into "
    "`selector._domainkey.shop.example.shop.example`: no receiver looks there. Remove the record and publish it under the "
    "name without the domain, or with a final dot.",
    cases={
        "doubled": Case(Status.FAIL, "A DMARC record is at a name with the domain twice."),
        "key": Case(Status.FAIL, "A DKIM key is at a name with the domain twice."),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    domain = context.domain
    doubled = f"{domain}.{domain}"
    found = await context.fact(discovery)
    given = {f"{each.name}._domainkey" for each in found.selectors} | {
        f"{name}._domainkey" for sender in found.inferred for name in sender.selectors
    }
    held = context.options.zone
    given |= {f"{selector}._domainkey" for selector in (held.selectors_of(doubled) if held else ())}
    answers = await asyncio.gather(*(context.ask(f"{name}.{doubled}", "TXT") for name in ("_dmarc", *sorted(given))))
    for answer in answers:
        wanted = answer.name.startswith("_dmarc.") or select_dkim(txts_of(answer)).records
        if answer.records and wanted and not answer.wildcard:
            yield await _finding(context, answer)


async def _finding(context: AuditContext, answer: Answer) -> Finding:
    right = answer.name.removesuffix(f".{context.domain}")
    is_policy = answer.name.startswith("_dmarc.")
    if is_policy:
        fixes = (await dmarc_fix(context, context.domain)).fixes
    else:
        fixes = await _moved(context, answer, right)
    message = f"{answer.name} holds a record; receivers look for it at {right}"
    there = any(fix.name == right and fix.after for fix in fixes)
    advice = f"Publish it at {right}, and remove it here." if there else "Remove it here."
    return RULE.finding(
        "doubled" if is_policy else "key", answer.name, message, evidence=[answer], advice=advice, fixes=fixes
    )


async def _moved(context: AuditContext, answer: Answer, right: str) -> tuple[RecordFix, ...]:
    """The key goes to its place where that is free; a key that is there already stays."""
    there = await context.prefetch(right, "TXT")
    gone = fixed(
        context.domain, "misplaced DKIM key", answer.name, before=answer.records, changes=["no receiver looks here"]
    )
    if there.records or there.cnames:
        return (gone,)
    moved = [f"it moved here from {answer.name}"]
    return (fixed(context.domain, "DKIM key", right, after=answer.records, changes=moved), gone)


CHECK = Check(RULE, judge, by_evidence=("doubled", "key"))
