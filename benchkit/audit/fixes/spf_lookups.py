"""How to get a record within ten DNS lookups without losing a sender: advice only, for the owner knows what still sends."""

from __future__ import annotations

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.providers import used_providers
from benchkit.audit.records.spf import MechanismKind, SpfMechanism
from benchkit.audit.spf.tree import TermNode, Tree
from benchkit.audit.tables.provider_signatures import by_spf

NAMED = 4


async def advice_within_limit(context: AuditContext, tree: Tree) -> str:
    """Which includes to keep, which are often not needed, and what to do with the others."""
    used = {each.provider.name: each.shown_by for each in await context.unread_fact(used_providers)}
    keep, idle, rest = [], [], []
    for term in sorted(tree.root.reached_terms, key=lambda each: -each.cost.lookups):
        name = _provider(term)
        if name in used:
            keep.append(f"`{term.term.text}` ({name} is in use: {used[name]})")
        elif name and _own_envelope(term):
            idle.append(f"`{term.term.text}` ({name} sends with its own envelope sender by default)")
        elif term.cost.lookups:
            rest.append(f"`{term.term.text}`")
    told = [f"Keep {_list(keep)}." if keep else "", f"Often not needed: {_list(idle)}." if idle else ""]
    told.append(
        f"Remove what no longer sends, or give a service a subdomain of its own: {_list(rest)}." if rest else ""
    )
    return " ".join(filter(None, told))


def _provider(term: TermNode) -> str:
    return next((provider.name for provider in by_spf((term.target or "",))), "") if _is_include(term) else ""


def _own_envelope(term: TermNode) -> bool:
    return any(provider.return_path == "provider" for provider in by_spf((term.target or "",)))


def _is_include(term: TermNode) -> bool:
    return isinstance(term.term, SpfMechanism) and term.term.kind is MechanismKind.INCLUDE


def _list(parts: list[str]) -> str:
    return ", ".join(parts[:NAMED]) + (f" and {len(parts) - NAMED} more" if len(parts) > NAMED else "")
