"""How to get a record within ten DNS lookups without losing a sender: advice only, because only the owner knows which
services still send."""

from __future__ import annotations

from collections.abc import Iterable

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.providers import used_providers
from benchkit.audit.records.spf import MechanismKind, SpfMechanism
from benchkit.audit.spf.tree import TermNode, Tree
from benchkit.audit.tables.provider_signatures import by_spf

NAMED = 4


async def advice_within_limit(context: AuditContext, tree: Tree) -> str:
    """Which includes to keep, which are often not needed, and what to do with the others."""
    used = {each.provider.name: each.shown_by for each in await context.unread_fact(used_providers)}
    keep: dict[str, None] = {}
    idle: dict[str, None] = {}
    rest: dict[str, None] = {}
    for term in sorted(tree.root.reached_terms, key=lambda each: -each.cost.lookups):
        name = _provider(term)
        if name in used:
            keep[f"`{term.term.text}` ({name} is in use: {used[name]})"] = None
        elif name and _own_envelope(term):
            idle[f"`{term.term.text}` ({name} sends with its own envelope sender by default)"] = None
        elif _is_include(term):
            rest[f"`{term.term.text}`"] = None
    sentences = [f"Keep {_list(keep)}." if keep else "", f"Often not needed: {_list(idle)}." if idle else ""]
    sentences.append(f"Remove services that no longer send, or give them a subdomain: {_list(rest)}." if rest else "")
    sentences.append("Write your own hosts as ip4: and ip6:." if _own_hosts(tree) else "")
    return " ".join(filter(None, sentences))


def _own_hosts(tree: Tree) -> bool:
    """Whether the record looks up hosts by name."""
    kinds = (MechanismKind.A, MechanismKind.MX)
    return any(isinstance(each.term, SpfMechanism) and each.term.kind in kinds for each in tree.root.reached_terms)


def _provider(term: TermNode) -> str:
    return next((provider.name for provider in by_spf((term.target or "",))), "") if _is_include(term) else ""


def _own_envelope(term: TermNode) -> bool:
    return any(provider.return_path == "provider" for provider in by_spf((term.target or "",)))


def _is_include(term: TermNode) -> bool:
    return isinstance(term.term, SpfMechanism) and term.term.kind is MechanismKind.INCLUDE


def _list(named: Iterable[str]) -> str:
    parts = list(named)
    return ", ".join(parts[:NAMED]) + (f" and {len(parts) - NAMED} more" if len(parts) > NAMED else "")
