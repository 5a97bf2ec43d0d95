"""Whether a key was published at the domain's name twice over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.dkim_discovery import discovery
from benchkit.audit.fixes import replacement
from benchkit.audit.records.dkim import select_dkim
from benchkit.audit.records.text import txts_of
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.dns import Answer
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dkim_doubled_name",
    mechanism=AuditedMechanism.DKIM,
    title="No key stands at a doubled name",
    reference="RFC 1035 §5.1",
    text="A control panel that puts the domain behind every name, and a name that already ends in it, make "
    "`selector._domainkey.shop.example.shop.example`: nobody looks there. Take it out and publish it without the "
    "domain at its end, or with a final dot.",
    cases={"doubled": Case(Status.FAIL, "A record stands at a name with the domain twice.")},
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    domain = context.domain
    doubled = f"{domain}.{domain}"
    found = await context.fact(discovery)
    given = {f"{each.name}._domainkey" for each in found.selectors} | {
        f"{name}._domainkey" for sender in found.inferred for name in sender.selectors
    }
    answers = await asyncio.gather(*(context.ask(f"{name}.{doubled}", "TXT") for name in ("_dmarc", *sorted(given))))
    for answer in answers:
        wanted = answer.name.startswith("_dmarc.") or select_dkim(txts_of(answer)).records
        if answer.records and wanted and not answer.wildcard:
            yield _finding(answer, domain)


def _finding(answer: Answer, domain: str) -> Finding:
    right = answer.name.removesuffix(f".{domain}")
    moved = [replacement.remove(answer.name, record) for record in answer.records]
    moved += [replacement.add(right, "TXT", record.text) for record in answer.records]
    message = f"{answer.name} holds a record that nobody looks for there"
    return RULE.finding("doubled", answer.name, message, evidence=[answer], paste=replacement.lines(*moved))


CHECK = Check(RULE, judge, by_evidence=("doubled",))
