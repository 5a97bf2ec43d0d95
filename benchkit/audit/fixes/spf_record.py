"""The one new SPF record of the domain: all that is wrong with the old ones repaired at once, and looked up first.

Law: one fix for all findings. It removes no term by which a sender can pass: only what leads nowhere and makes the whole
record an error, and says so. Where that is not enough there is no fix, and `decide` says what the owner must do. What it asks
the DNS decides no finding, so nothing of it is noted as read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.mail_hosts import mail_hosts
from benchkit.audit.facts.profile import is_unused, mail_profile
from benchkit.audit.facts.providers import mailbox_provider
from benchkit.audit.facts.spf_record import SpfFound, spf_record
from benchkit.audit.facts.spf_tree import spf_tree
from benchkit.audit.fixes.replacement import fixed, holder, txt_record
from benchkit.audit.fixes.spelling import closest
from benchkit.audit.fixes.spf_merge import NAME_THEM, Proposal, proposed
from benchkit.audit.records.spf import MechanismKind, SpfMechanism, parse_spf
from benchkit.audit.records.text import txt_of
from benchkit.audit.spf.build_tree import include_tree
from benchkit.audit.spf.lookup_limits import LOOKUP_LIMIT, VOID_LIMIT, is_void
from benchkit.audit.spf.tree import TermNode, Tree
from benchkit.audit.tables.provider_signatures import KNOWN_INCLUDES
from benchkit.model.dns import Answer, AnswerState, Ask, Record
from benchkit.model.record_fix import RecordFix

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


async def _spf_fix(context: AuditContext) -> SpfFix:
    found = await context.fact(spf_record)
    texts = found.selection.records or found.selection.almost
    if not texts:
        return await _first_record(context)
    old = tuple(record for record in found.answer.records if txt_of(record) in texts)
    offer = proposed([record.strings or (record.text.encode("latin-1", "replace"),) for record in old])
    if offer.names_senders or offer.open_ended or not (await context.fact(mail_profile)).takes_mail:
        return await _looked_up(context, found, old, offer) if offer.text else SpfFix(decide=offer.decide)
    return await _with_first_senders(context, found, old, offer)


async def _first_record(context: AuditContext) -> SpfFix:
    """For a domain without any: its mailbox provider's include, its own MX hosts, or no sender at all."""
    text, changes = await _likely(context)
    if not text:
        return SpfFix(decide=changes)
    return SpfFix(fixed(context.domain, WHAT, context.domain, after=[txt_record(text)], changes=changes))


async def _likely(context: AuditContext) -> tuple[str, tuple[str, ...]]:
    """The record that the MX hosts suggest, with reasons; "" with what to decide."""
    hosts, provider = await context.fact(mail_hosts), await context.fact(mailbox_provider)
    if not hosts.answer.state.known or (provider and not provider.include):
        named = f"{provider.name} receives your mail; which hosts send it is not known here. " if provider else ""
        return "", (f"{named}{NAME_THEM[0].upper()}{NAME_THEM[1:]}",)
    if await context.fact(is_unused):
        return "v=spf1 -all", ("no host may send: nothing shows that the domain has mail",)
    if not hosts.records:
        return "", (NAME_THEM,)
    others = "add every other service that sends for you before `~all`"
    if provider:
        why = f"{provider.name} holds the mailboxes: its MX hosts only receive, its include names the hosts that send"
        return f"v=spf1 include:{provider.include} ~all", (why, others)
    return "v=spf1 mx ~all", ("the MX hosts may send", others)


async def _with_first_senders(context: AuditContext, found: SpfFound, old: Sequence[Record], offer: Proposal) -> SpfFix:
    """For a record that lets no host pass at a domain that takes mail. A bare `-all` may be meant: the owner chooses."""
    text, changes = await _likely(context)
    plain = await _looked_up(context, found, old, offer) if offer.text else SpfFix(decide=offer.decide)
    if not text:
        return replace(plain, decide=changes)
    before = plain.fix.after if plain.fix else tuple(old)
    when = "if the domain sends mail" if offer.text else ""
    fix = fixed(
        context.domain, WHAT, holder(found.answer), before=before, after=[txt_record(text)], changes=changes, when=when
    )
    return replace(plain, if_it_sends=fix) if when else SpfFix(fix, tree=await _tree_of(context, text))


async def _looked_up(context: AuditContext, found: SpfFound, old: Sequence[Record], offer: Proposal) -> SpfFix:
    offer, tree = await _without_dead_terms(context, offer)
    before = await context.fact(spf_tree)
    if not offer.text or (len(old) == 1 and offer.text == txt_of(old[0])):
        return SpfFix(decide=offer.decide, tree=tree)
    if before and tree.cost.lookups > max(before.cost.lookups, LOOKUP_LIMIT):
        told = f"the repaired record needs {tree.cost.lookups} DNS lookups, the limit is {LOOKUP_LIMIT}"
        return SpfFix(decide=(told, *offer.decide), tree=tree)
    changes = offer.changes or ("the record was written as one",)
    fix = fixed(context.domain, WHAT, holder(found.answer), before=old, after=[txt_record(offer.text)], changes=changes)
    return SpfFix(fix, decide=offer.decide, tree=tree)


async def _without_dead_terms(context: AuditContext, offer: Proposal) -> tuple[Proposal, Tree]:
    """Terms go that make the record an error, and by which no one can pass; a mistyped name of a known include is corrected."""
    tree = await _tree_of(context, offer.text)
    dead = [*_missing_includes(tree), *_voids(tree)]
    if not dead:
        return offer, tree
    text, changes = offer.text, list(offer.changes)
    for term, why in dead:
        meant = closest(term.target or "", KNOWN_INCLUDES, edits=2) if isinstance(term.term, SpfMechanism) else ""
        right = f"include:{meant}" if meant and meant != term.target else ""
        text = " ".join(right if word == term.term.text else word for word in text.split())
        changes.append(
            f"`{term.term.text}` became `{right}`: {why}" if right else f"`{term.term.text}` was removed: {why}"
        )
    text = " ".join(text.split())
    if not _names_a_sender(text):
        told = f"`{dead[0][0].term.text}` {dead[0][1]}, and the record names no other sender: {NAME_THEM}"
        return Proposal(decide=(told,)), tree
    return replace(offer, text=text, changes=tuple(changes)), await _tree_of(context, text)


def _names_a_sender(text: str) -> bool:
    record = parse_spf(text)
    named = [term for term in record.mechanisms if term.kind is not MechanismKind.ALL and term.qualifier == "+"]
    return bool(named or record.redirect)


def _missing_includes(tree: Tree) -> list[tuple[TermNode, str]]:
    """Of the domain's own record: includes of names without a record, and of itself."""
    codes = {
        "no-record": "has no SPF record, which makes the whole record an error",
        "cycle": "leads back to this record",
    }
    own = {
        problem.path[0].term: problem for problem in tree.problems if len(problem.path) == 1 and problem.code in codes
    }
    return [
        (term, f"{term.target} {codes[own[term.term.text].code]}")
        for term in tree.root.reached_terms
        if term.term.text in own and isinstance(term.term, SpfMechanism)
    ]


def _voids(tree: Tree) -> list[tuple[TermNode, str]]:
    """Past the limit: the domain's own terms that are answered with nothing, for senders of both families."""
    if max(tree.cost.voids4, tree.cost.voids6) <= VOID_LIMIT:
        return []
    kinds = (MechanismKind.A, MechanismKind.MX, MechanismKind.EXISTS)
    void = [
        term
        for term in tree.root.reached_terms
        if isinstance(term.term, SpfMechanism)
        and term.term.kind in kinds
        and term.answers
        and all(map(is_void, term.answers))
    ]
    return [
        (term, f"{term.target} has no such record: no host passes by it, and it costs a void lookup") for term in void
    ]


async def _tree_of(context: AuditContext, text: str) -> Tree:
    return await include_tree(_with_record(context.prefetch, context.domain, text), context.domain)


def _with_record(ask: Ask, domain: str, text: str) -> Ask:
    """Answers as they will be once the record is published."""

    async def asked(name: str, type: str) -> Answer:  # noqa: A002 (the field's word)
        if (name, type) == (domain, "TXT"):
            return Answer(name, type, AnswerState.OK, (txt_record(text),), queries=0)
        return await ask(name, type)

    return asked
