"""The domain's BIMI assertion record: its own, else the organizational domain's (draft-brand-indicators §7.2)."""

from __future__ import annotations

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.walk import own_walk
from benchkit.audit.facts.policies import PolicyTexts, policy_texts
from benchkit.audit.rule import lost

PREFIX = "default._bimi"


async def bimi_texts(context: AuditContext) -> PolicyTexts:
    """Where the domain has no record and its organizational domain has one, that one."""
    own = await context.fact(policy_texts, PREFIX)
    if own.texts or lost([own.answer]):
        return own
    organization = (await context.fact(own_walk)).organizational
    if organization == context.domain:
        return own
    above = await context.fact(policy_texts, PREFIX, organization)
    return above if above.texts else own
