"""Terms that make the whole record an error and let no host pass: the new record is looked up, and they are removed from it."""

from __future__ import annotations

from dataclasses import replace

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.fixes.replacement import txt_record
from benchkit.audit.fixes.spelling import closest
from benchkit.audit.fixes.spf_merge import NAME_THEM, Proposal
from benchkit.audit.records.spf import MechanismKind, SpfMechanism, parse_spf
from benchkit.audit.spf.build_tree import include_tree
from benchkit.audit.spf.lookup_limits import VOID_LIMIT, is_void
from benchkit.audit.spf.tree import TermNode, Tree
from benchkit.audit.tables.provider_signatures import KNOWN_INCLUDES
from benchkit.model.dns import Answer, AnswerState, Ask

LONG_NAME = 12  # characters


async def without_dead_terms(context: AuditContext, offer: Proposal, name: str = "") -> tuple[Proposal, Tree]:
    """Terms go that make the record an error, and by which no one can pass; a mistyped name of a known include is corrected."""
    tree = await tree_of(context, offer.text, name)
    dead = [*_missing_includes(tree), *_voids(tree)]
    if not dead:
        return offer, tree
    text, changes = offer.text, list(offer.changes)
    for term, why in dead:
        meant = _known_include(term)
        right = f"include:{meant}" if meant else ""
        text = " ".join(right if word == term.term.text else word for word in text.split())
        changes.append(
            f"`{term.term.text}` became `{right}`: {why}" if right else f"`{term.term.text}` was removed: {why}"
        )
    text = " ".join(text.split())
    if not _names_a_sender(text):
        decision = f"`{dead[0][0].term.text}` {dead[0][1]}, and the record names no other sender: {NAME_THEM}"
        return Proposal(decide=(decision,)), tree
    return replace(offer, text=text, changes=tuple(changes)), await tree_of(context, text, name)


def _known_include(term: TermNode) -> str:
    """The provider's name that was mistyped; short names are too like others to guess."""
    target = term.target or ""
    if (
        not isinstance(term.term, SpfMechanism)
        or term.term.kind is not MechanismKind.INCLUDE
        or len(target) < LONG_NAME
    ):
        return ""
    return closest(target, KNOWN_INCLUDES, edits=2)


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


async def tree_of(context: AuditContext, text: str, name: str = "") -> Tree:
    """Of a record at a name, by default the audited domain, as it will be once the record is published."""
    at = name or context.domain
    return await include_tree(_with_record(context.prefetch, at, text), at)


def _with_record(ask: Ask, domain: str, text: str) -> Ask:
    """Answers as they will be once the record is published."""

    async def asked(name: str, type: str) -> Answer:  # noqa: A002 (the field's word)
        if (name, type) == (domain, "TXT"):
            return Answer(name, type, AnswerState.OK, (txt_record(text),), queries=0)
        return await ask(name, type)

    return asked
