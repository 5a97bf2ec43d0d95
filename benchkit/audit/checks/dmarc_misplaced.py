"""Whether a DMARC record stands at a name where no receiver looks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.walk import WalkStep, step
from benchkit.audit.fixes import replacement
from benchkit.audit.records.dmarc import is_dmarc, select_dmarc
from benchkit.audit.records.text import txt_of, txts_of
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.dns import Answer
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dmarc_misplaced",
    mechanism=AuditedMechanism.DMARC,
    title="No DMARC record stands where no receiver looks",
    reference="RFC 9989 §4.5",
    text="Receivers look for the record at `_dmarc.` and the domain, and nowhere else. A record at the domain itself, or at "
    "`dmarc.` without the underscore, does nothing: its policy is not applied and its reports are not sent. Publish it at "
    "`_dmarc.` and remove it where it is.",
    cases={
        "apex": Case(Status.WARN, "A DMARC record stands at the domain itself, without `_dmarc.`.", 2),
        "no_underscore": Case(Status.WARN, "A DMARC record stands at `dmarc.`, without the underscore.", 2),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    domain = context.domain
    apex, plain = await asyncio.gather(context.ask(domain, "TXT"), context.ask(f"dmarc.{domain}", "TXT"))
    own = await context.fact(step, domain)
    for case, answer in (("apex", apex), ("no_underscore", plain)):
        if answer.records and not answer.wildcard:
            for text in select_dmarc(txts_of(answer)).records:
                yield _finding(case, answer, text, own)


def _finding(case: str, answer: Answer, text: str, own: WalkStep) -> Finding:
    """The record moves to its place where that is free."""
    old = [record for record in answer.records if txt_of(record) == text and is_dmarc(text)]
    right = own.answer.name
    moved = [replacement.remove(replacement.holder(answer), record) for record in old]
    if not own.selection.records:
        moved.append(replacement.add_txt(right, text))
    message = f"{answer.name} holds a DMARC record, which receivers look for at {right} only"
    advice = f"Publish it at {right}, and remove it here."
    return RULE.finding(case, answer.name, message, evidence=[answer], advice=advice, paste=replacement.lines(*moved))


CHECK = Check(RULE, judge, by_evidence=("apex", "no_underscore"))
