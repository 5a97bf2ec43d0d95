"""Whether the domain's SPF record lets any sender pass at all."""

from __future__ import annotations

from dataclasses import dataclass

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.spf_tree import lost_in, spf_addresses, spf_tree
from benchkit.audit.spf.tree import TreeStatus
from benchkit.model.dns import Answer


@dataclass(frozen=True, slots=True)
class SpfSenders:
    """`judged` False: there is no record, or one with an error, and other findings say so."""

    judged: bool = False
    any_pass: bool = False
    lost: tuple[Answer, ...] = ()


async def spf_senders(context: AuditContext) -> SpfSenders:
    tree, found = await context.fact(spf_tree), await context.fact(spf_addresses)
    if tree is None or found is None or tree.status is TreeStatus.PERMERROR:
        return SpfSenders()
    passes = bool(found.count4 or found.count6 or found.open_ended)
    return SpfSenders(True, passes, () if passes else lost_in(tree))
