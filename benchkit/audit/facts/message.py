"""What the caller's message proves: its DKIM signatures verified, and which authenticated domains align with its author."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dkim.arc_chain import ArcVerification, verify_arc
from benchkit.audit.dkim.verify import DkimResult, Verification, verify
from benchkit.audit.dmarc.alignment import Alignment, alignment
from benchkit.audit.dmarc.walk import policy_step
from benchkit.audit.facts.spf_evaluation import spf_evaluation
from benchkit.audit.records.dmarc import DmarcRecord
from benchkit.audit.spf.result import Evaluation, SpfResult


@dataclass(frozen=True, slots=True)
class Authentication:
    """`spf` None: no address was given. Alignments are those of authenticated identifiers only, SPF's first."""

    author: str
    record: DmarcRecord | None
    signatures: tuple[Verification, ...]
    spf: Evaluation | None
    alignments: tuple[Alignment, ...]

    @property
    def aligned(self) -> bool | None:
        """Whether DMARC passes (RFC 9989 §4.4); None if that is not known."""
        if any(each.aligned for each in self.alignments):
            return True
        temporary = any(each.result is DkimResult.TEMPERROR for each in self.signatures)
        unknown = temporary or any(each.aligned is None for each in self.alignments)
        unknown = unknown or self.spf is None or self.spf.result is SpfResult.TEMPERROR
        return None if unknown else False


async def arc_chain(context: AuditContext) -> ArcVerification | None:
    """None without a message, and for one without ARC fields."""
    mail = context.options.mail
    return await verify_arc(mail, context.ask) if mail else None


async def signatures(context: AuditContext) -> tuple[Verification, ...]:
    mail = context.options.mail
    return await verify(mail, context.ask, context.options.now_s) if mail else ()


async def authentication(context: AuditContext) -> Authentication | None:
    """None without a message, or where that has not exactly one author domain."""
    mail = context.options.mail
    if mail is None or len(mail.author_domains) != 1:
        return None
    author = mail.author_domains[0]
    verified, spf, applied = await asyncio.gather(
        context.fact(signatures), context.fact(spf_evaluation), context.fact(policy_step, author)
    )
    record = applied.record if applied else None
    passed = [(spf.domain, record.aspf if record else "r")] if spf and spf.result is SpfResult.PASS else []
    keys = [each.signature.domain for each in verified if each.result is DkimResult.PASS]
    passed += [(domain, record.adkim if record else "r") for domain in keys]
    found = await asyncio.gather(*(alignment(context, author, domain, strict=mode == "s") for domain, mode in passed))
    return Authentication(author, record, verified, spf, tuple(found))
