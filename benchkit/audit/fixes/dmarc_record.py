"""The one new DMARC record at a name: what to publish now, and the stricter one to publish when the reports are read.

Law: the record for now repairs, and never asks receivers to refuse mail that they take today, except where the owner's own
mistyped record asked for it, or where the domain declares that it sends no mail. Everything stricter is a later step.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.policy import own_policy
from benchkit.audit.dmarc.walk import step
from benchkit.audit.fixes.dmarc_later import later_record
from benchkit.audit.fixes.dmarc_tags import completed_tags
from benchkit.audit.fixes.dmarc_text import read_tags, record_text
from benchkit.audit.fixes.replacement import fixed, held, holder, txt_record
from benchkit.audit.records.dmarc import select_dmarc
from benchkit.audit.records.text import txt_of, txts_of
from benchkit.model.dns import Answer, AnswerState, Record
from benchkit.model.record_fix import RecordFix

WHAT = "DMARC record"


@dataclass(frozen=True, slots=True)
class DmarcFix:
    """`moved`: records at names where no receiver looks, which go. `later` is the stricter record."""

    now: RecordFix | None = None
    moved: tuple[RecordFix, ...] = ()
    later: RecordFix | None = None
    decide: tuple[str, ...] = ()

    @property
    def fixes(self) -> tuple[RecordFix, ...]:
        return (*([self.now] if self.now else []), *self.moved)

    @property
    def later_step(self) -> tuple[RecordFix, ...]:
        """The later step, which what is published now alone does not take."""
        return (self.later,) if self.later else ()


async def dmarc_fix(context: AuditContext, name: str) -> DmarcFix:
    """For the record at `_dmarc.` and `name`."""
    return await context.unread_fact(_dmarc_fix, name)


async def copied_record(context: AuditContext) -> tuple[RecordFix, ...]:
    """A record of the domain's own that asks for what the one it inherits asks of it."""
    effective = await context.fact(own_policy)
    at = await context.fact(step, context.domain)
    found = effective.found.record if effective.found else None
    if found is None or effective.policy is None or at.answer.cnames:
        return ()
    tags = {tag.name: tag.value for tag in found.tags.tags if tag.name not in ("v", "sp", "np", "psd", "t")}
    text = record_text(tags | {"p": effective.policy.value})
    changes = ["the domain gets a record of its own, with the policy that it inherits"]
    return (fixed(context.domain, WHAT, at.answer.name, after=[txt_record(text)], changes=changes),)


async def _dmarc_fix(context: AuditContext, name: str) -> DmarcFix:
    at = await context.fact(step, name)
    if at.answer.cnames and not at.answer.records:
        return DmarcFix()  # no record may be beside an alias
    texts = at.selection.records or at.selection.almost
    elsewhere = await _misplaced(context, name)
    if not texts and not elsewhere and await _is_missing(context, name):
        return DmarcFix(decide=("the domain does not exist",))
    meant = texts or tuple(dict.fromkeys(txt_of(record) for _, records in elsewhere for record in records))
    moved = tuple(_removed(context.domain, where, records, at.answer.name) for where, records in elsewhere)
    read = read_tags(meant)
    if read.undecided:
        return DmarcFix(decide=tuple(read.undecided))
    await completed_tags(context, name, at, read)
    records = [record for record in at.answer.records if txt_of(record) in texts]
    old = held(at.answer, records)
    new = record_text(read.tags)
    now = None
    if len(records) != 1 or read.changes:
        changes = read.changes or ["the tags were rewritten in the form that receivers expect"]
        now = fixed(
            context.domain,
            WHAT,
            holder(at.answer),
            before=old,
            after=[txt_record(new)],
            changes=changes if texts else _with_moves(changes, moved),
        )
    later = later_record(context.domain, WHAT, at, read.tags, [txt_record(new)] if now else old)
    return DmarcFix(now, moved, later)


async def _is_missing(context: AuditContext, name: str) -> bool:
    return (await context.prefetch(name, "TXT")).state is AnswerState.NXDOMAIN


def _with_moves(changes: Sequence[str], moved: Sequence[RecordFix]) -> list[str]:
    return [*changes, *(f"it moved here from {fix.name}, where no receiver looks" for fix in moved)]


async def _misplaced(context: AuditContext, name: str) -> list[tuple[str, list[Record]]]:
    """DMARC records at the domain itself, at `dmarc.` without the underscore, and at a doubled name."""
    wrong = (name, f"dmarc.{name}", f"_dmarc.{name}.{name}")
    answers: list[Answer] = await asyncio.gather(*(context.prefetch(each, "TXT") for each in wrong))
    found = []
    for answer in answers:
        texts = () if answer.wildcard else select_dmarc(txts_of(answer)).records
        if texts:
            found.append((holder(answer), [record for record in answer.records if txt_of(record) in texts]))
    return found


def _removed(domain: str, where: str, records: Sequence[Record], right: str) -> RecordFix:
    return fixed(domain, "misplaced DMARC record", where, before=records, changes=[f"receivers look at {right} only"])
