"""The policy that a receiver applies to mail from a name: p, sp or np of the record that the walk finds, weakened by t=y."""

from __future__ import annotations

from dataclasses import dataclass

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.walk import WalkStep, policy_step, step, walk
from benchkit.audit.records.dmarc import Policy
from benchkit.audit.rule import unanswered_in
from benchkit.model.dns import Answer, AnswerState


@dataclass(frozen=True, slots=True)
class EffectivePolicy:
    """`by` is the tag that decides; `policy` None: no DMARC at all, or not known where `unanswered` holds answers."""

    name: str
    policy: Policy | None
    by: str
    found: WalkStep | None
    unanswered: tuple[Answer, ...] = ()


async def effective_policy(context: AuditContext, name: str) -> EffectivePolicy:
    """For mail whose From has this very name, which may or may not exist."""
    own, found = await context.fact(step, name), await context.fact(policy_step, name)
    if own.record is None and (unanswered := (await context.fact(walk, name)).policy_unanswered):
        return EffectivePolicy(name, None, "", found, unanswered)
    if found is None or found.record is None:
        return EffectivePolicy(name, None, "", found)
    if found.name == name:
        return EffectivePolicy(name, found.record.effective(found.record.policy), "p", found)
    existing = await context.ask(name, "A")
    if unanswered := unanswered_in([existing]):
        return EffectivePolicy(name, None, "", found, unanswered)
    if existing.state is AnswerState.NXDOMAIN:  # §4.7, np
        return EffectivePolicy(name, found.record.effective(found.record.nonexistent_policy), "np", found)
    return EffectivePolicy(name, found.record.effective(found.record.subdomain_policy), "sp", found)


async def own_policy(context: AuditContext) -> EffectivePolicy:
    return await context.fact(effective_policy, context.domain)
