"""The one new SPF record of the domain: all that is wrong with the old ones repaired at once, and looked up first.

Law: one fix for all findings. It removes no term by which a sender can pass: only what leads nowhere and makes the whole
record an error, and says so. Where that is not enough there is no fix, and `decide` says what the owner must do. What it asks
the DNS decides no finding, so nothing of it is noted as read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.profile import mail_profile
from benchkit.audit.facts.spf_record import SpfFound, spf_record
from benchkit.audit.facts.spf_tree import spf_tree
from benchkit.audit.fixes.replacement import fixed, held, holder, txt_record
from benchkit.audit.fixes.spf_dead_terms import tree_of, without_dead_terms
from benchkit.audit.fixes.spf_likely import likely_record
from benchkit.audit.fixes.spf_merge import Proposal, proposed
from benchkit.audit.records.text import txt_of
from benchkit.audit.spf.lookup_limits import LOOKUP_LIMIT, VOID_LIMIT
from benchkit.audit.spf.tree import Tree
from benchkit.model.dns import AnswerState, Record
from benchkit.model.record_fix import RecordFix, value_of

WHAT = "SPF record"


@dataclass(frozen=True, slots=True)
class SpfFix:
    """`fix` None: none is offered. `tree` is the new record's, looked up; None where nothing is new."""

    fix: RecordFix | None = None
    if_it_sends: RecordFix | None = None
    decide: tuple[str, ...] = ()
    tree: Tree | None = None

    @property
    def fixes(self) -> tuple[RecordFix, ...]:
        return (self.fix,) if self.fix else ()

    @property
    def steps(self) -> tuple[RecordFix, ...]:
        """What to publish now, and the record for a domain that names no sender and may have some."""
        return (*self.fixes, *((self.if_it_sends,) if self.if_it_sends else ()))

    @property
    def within_lookups(self) -> tuple[RecordFix, ...]:
        """The fix, if the new record needs no more DNS lookups than receivers make."""
        return self.fixes if self.tree and self.tree.cost.lookups <= LOOKUP_LIMIT else ()

    @property
    def within_voids(self) -> tuple[RecordFix, ...]:
        cost = self.tree.cost if self.tree else None
        return self.fixes if cost and min(cost.voids4, cost.voids6) <= VOID_LIMIT else ()

    def without(self, term: str) -> tuple[RecordFix, ...]:
        """The fix, if it removes this term."""
        words = self.tree.root.record.text.lower().split() if self.tree and self.tree.root.record else [term.lower()]
        return () if term.lower() in words else self.fixes


async def spf_fix(context: AuditContext) -> SpfFix:
    """What to publish in the place of the domain's SPF records."""
    return await context.unread_fact(_spf_fix)


async def with_include(context: AuditContext, name: str, when: str) -> tuple[RecordFix, ...]:
    """The new record, or the old one where nothing is wrong with it, with an include more: a step with a condition."""
    return await context.unread_fact(_with_include, name, when)


async def _with_include(context: AuditContext, name: str, when: str) -> tuple[RecordFix, ...]:
    found, first = await context.fact(spf_record), await context.fact(_spf_fix)
    before = first.fix.after if first.fix else held(found.answer, found.records)
    text = value_of((first.fix.after if first.fix else found.records)[0])
    offer = proposed([[text.replace("v=spf1", f"v=spf1 include:{name}", 1).encode("latin-1", "replace")]])
    tree = await tree_of(context, offer.text) if offer.text else None
    if tree is None or tree.cost.lookups > LOOKUP_LIMIT:
        return ()
    changes, after = [f"`include:{name}` was added", *offer.changes], [txt_record(offer.text)]
    where = holder(found.answer)
    return (fixed(context.domain, WHAT, where, before=before, after=after, changes=changes, when=when),)


async def _spf_fix(context: AuditContext) -> SpfFix:
    found = await context.fact(spf_record)
    texts = found.selection.records or found.selection.almost
    if not texts:
        return await _first_record(context, found)
    records = [record for record in found.answer.records if txt_of(record) in texts]
    old = held(found.answer, records)
    offer = proposed([record.strings or (record.text.encode("latin-1", "replace"),) for record in records])
    profile = await context.fact(mail_profile)
    if profile.null_mx and not offer.names_senders and not offer.open_ended:
        why = "the domain takes no mail, and the record names no host that sends"
        offer = replace(offer, text="v=spf1 -all", changes=(*offer.changes, why), decide=())
    if offer.names_senders or offer.open_ended or not profile.takes_mail:
        return await _looked_up(context, found, old, offer) if offer.text else SpfFix(decide=offer.decide)
    return await _with_first_senders(context, found, old, offer)


async def _first_record(context: AuditContext, found: SpfFound) -> SpfFix:
    """For a domain without any: its mailbox provider's include, its own MX hosts, or no sender at all."""
    if found.answer.state is AnswerState.NXDOMAIN:
        return SpfFix(decide=("the domain does not exist",))
    text, changes = await likely_record(context)
    if not text:
        return SpfFix(decide=changes)
    return SpfFix(fixed(context.domain, WHAT, holder(found.answer), after=[txt_record(text)], changes=changes))


async def _with_first_senders(context: AuditContext, found: SpfFound, old: Sequence[Record], offer: Proposal) -> SpfFix:
    """For a record that lets no host pass at a domain that takes mail. A bare `-all` may be meant: the owner chooses."""
    text, changes = await likely_record(context)
    plain = await _looked_up(context, found, old, offer) if offer.text else SpfFix(decide=offer.decide)
    if not text:
        return replace(plain, decide=changes)
    before = plain.fix.after if plain.fix else tuple(old)
    when = "if the domain sends mail" if offer.text else ""
    fix = fixed(
        context.domain, WHAT, holder(found.answer), before=before, after=[txt_record(text)], changes=changes, when=when
    )
    return replace(plain, if_it_sends=fix) if when else SpfFix(fix, tree=await tree_of(context, text))


def _is_same(text: str, found: SpfFound) -> bool:
    """Blanks and the case of letters make no difference to receivers."""
    return text.lower().split() == (found.selection.only or "").lower().split()


async def _looked_up(context: AuditContext, found: SpfFound, old: Sequence[Record], offer: Proposal) -> SpfFix:
    offer, tree = await without_dead_terms(context, offer)
    before = await context.fact(spf_tree)
    if not offer.text or _is_same(offer.text, found):
        return SpfFix(decide=offer.decide, tree=tree)
    if before and tree.cost.lookups > max(before.cost.lookups, LOOKUP_LIMIT):
        problem = f"the repaired record needs {tree.cost.lookups} DNS lookups, the limit is {LOOKUP_LIMIT}"
        return SpfFix(decide=(problem, *offer.decide), tree=tree)
    changes = offer.changes or ("the record was written as one",)
    fix = fixed(context.domain, WHAT, holder(found.answer), before=old, after=[txt_record(offer.text)], changes=changes)
    return SpfFix(fix, decide=offer.decide, tree=tree)
