"""The domain's include tree and which addresses it authorises; None where there is no single valid record to begin at."""

from __future__ import annotations

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.spf_record import spf_record
from benchkit.audit.spf.addresses import AddressSet, authorised
from benchkit.audit.spf.build_tree import include_tree
from benchkit.audit.spf.result import EvaluationStep
from benchkit.audit.spf.tree import Tree
from benchkit.model.dns import Answer


async def spf_tree(context: AuditContext) -> Tree | None:
    found = await context.fact(spf_record)
    return await include_tree(context.ask, context.domain) if found.parsed and found.parsed.valid else None


async def spf_addresses(context: AuditContext) -> AddressSet | None:
    tree = await context.fact(spf_tree)
    return authorised(tree) if tree else None


def lost_in(tree: Tree) -> tuple[Answer, ...]:
    """The answers that the tree wanted and that did not come, each once."""
    nodes = [node.answer for node in tree.nodes.values() if node.answer]
    terms = [answer for _, term in tree.walk() for answer in term.answers]
    return tuple(dict.fromkeys(answer for answer in (*nodes, *terms) if not answer.state.known))


def way(path: tuple[EvaluationStep, ...]) -> str:
    """`include:_spf.provider.example → ip4:192.0.2.0/24`."""
    return " → ".join(step.term for step in path)
