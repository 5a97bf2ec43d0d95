"""Whether a DMARC record is at a name where no receiver looks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.fixes.dmarc_record import DmarcFix, dmarc_fix
from benchkit.audit.records.dmarc import select_dmarc
from benchkit.audit.records.text import txts_of
from benchkit.audit.rule import Case, Check, Rule, sentence
from benchkit.model.audit import AuditedMechanism
from benchkit.model.dns import Answer
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dmarc_misplaced",
    mechanism=AuditedMechanism.DMARC,
    title="DMARC records are only at names where receivers look",
    reference="RFC 9989 §4.5",
    text="Receivers look for the record at `_dmarc.` and the domain, and nowhere else. A record at the domain itself, or at "
    "`dmarc.` without the underscore, does nothing: its policy is not applied and its reports are not sent. Publish it at "
    "`_dmarc.` and remove it where it is.",
    cases={
        "apex": Case(Status.WARN, "A DMARC record is at the domain itself, without `_dmarc.`.", 2),
        "no_underscore": Case(Status.WARN, "A DMARC record is at `dmarc.`, without the underscore.", 2),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    domain = context.domain
    apex, plain = await asyncio.gather(context.ask(domain, "TXT"), context.ask(f"dmarc.{domain}", "TXT"))
    for case, answer in (("apex", apex), ("no_underscore", plain)):
        if answer.records and not answer.wildcard:
            for _ in select_dmarc(txts_of(answer)).records:
                yield _finding(case, answer, domain, await dmarc_fix(context, domain))


def _finding(case: str, answer: Answer, domain: str, fix: DmarcFix) -> Finding:
    right = f"_dmarc.{domain}"
    message = f"{answer.name} holds a DMARC record, which receivers look for at {right} only"
    moves = fix.now is not None and not fix.now.before
    what = f"Publish it at {right}, and remove it here." if moves else f"Remove it here: {right} has a record already."
    advice = sentence(fix.decide) or what
    return RULE.finding(case, answer.name, message, evidence=[answer], advice=advice, fixes=fix.fixes)


CHECK = Check(RULE, judge, by_evidence=("apex", "no_underscore"))
