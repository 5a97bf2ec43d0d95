"""The SPF record at a name that the domain's record includes: repaired like the domain's own, where the owner holds it."""

from __future__ import annotations

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.fixes.replacement import fixed, held, holder, txt_record
from benchkit.audit.fixes.spf_dead_terms import without_dead_terms
from benchkit.audit.fixes.spf_merge import proposed
from benchkit.audit.records.spf import select_spf
from benchkit.audit.records.text import txt_of, txts_of
from benchkit.audit.spf.tree import Problem
from benchkit.model.record_fix import RecordFix

WHAT = "included SPF record"


def faulty_name(problem: Problem) -> str:
    """The name whose record holds the fault: the included one, or the one that includes a name without a record."""
    last = problem.path[-1]
    if problem.code in ("syntax", "several-records"):
        return last.term.replace("=", ":", 1).partition(":")[2].lower().removesuffix(".")
    return last.domain


async def included_fix(context: AuditContext, name: str) -> tuple[RecordFix, ...]:
    """Empty where it is not clear what was meant. In another owner's zone it is what to ask for."""
    return await context.unread_fact(_included_fix, name)


async def _included_fix(context: AuditContext, name: str) -> tuple[RecordFix, ...]:
    answer = await context.ask(name, "TXT")
    texts = select_spf(txts_of(answer)).records
    records = [record for record in answer.records if txt_of(record) in texts]
    offer = proposed([record.strings for record in records])
    if not records or not offer.text:
        return ()
    offer, _ = await without_dead_terms(context, offer, name)
    if not offer.text or (offer.text,) == texts:
        return ()
    after, before = [txt_record(offer.text)], held(answer, records)
    return (fixed(context.domain, WHAT, holder(answer), before=before, after=after, changes=offer.changes),)
