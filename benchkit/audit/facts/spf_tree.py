"""The domain's include tree, which addresses it authorises, and whether it lets any sender pass at all.

None if there is no single valid record to start from.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.spf_record import spf_record
from benchkit.audit.spf.addresses import AddressSet, authorised
from benchkit.audit.spf.build_tree import include_tree
from benchkit.audit.spf.result import EvaluationStep
from benchkit.audit.spf.tree import Tree, TreeStatus
from benchkit.model.dns import Answer


async def spf_tree(context: AuditContext) -> Tree | None:
    found = await context.fact(spf_record)
    return await include_tree(context.ask, context.domain) if found.parsed and found.parsed.valid else None


async def spf_addresses(context: AuditContext) -> AddressSet | None:
    tree = await context.fact(spf_tree)
    return authorised(tree) if tree else None


def unanswered_lookups(tree: Tree) -> tuple[Answer, ...]:
    """The answers that the tree wanted and that did not come, each once."""
    nodes = [node.answer for node in tree.nodes.values() if node.answer]
    terms = [answer for _, term in tree.walk() for answer in term.answers]
    return tuple(dict.fromkeys(answer for answer in (*nodes, *terms) if not answer.state.known))


def way(path: tuple[EvaluationStep, ...]) -> str:
    """`include:_spf.provider.example → ip4:192.0.2.0/24`."""
    return " → ".join(step.term for step in path)


@dataclass(frozen=True, slots=True)
class SpfSenders:
    """`judged` False: there is no record, or one with an error, and other findings say so."""

    judged: bool = False
    any_pass: bool = False
    unanswered: tuple[Answer, ...] = ()


async def spf_senders(context: AuditContext) -> SpfSenders:
    tree, found = await context.fact(spf_tree), await context.fact(spf_addresses)
    if tree is None or found is None or tree.status is TreeStatus.PERMERROR:
        return SpfSenders()
    passes = bool(found.count4 or found.count6 or found.open_ended)
    return SpfSenders(True, passes, () if passes else unanswered_lookups(tree))
