"""The records for MTA-STS, TLS-RPT and BIMI, each selected at its own name.

A BIMI assertion record is the domain's own, else the organizational domain's (draft-brand-indicators §7.2).
"""

from __future__ import annotations

from dataclasses import dataclass

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.walk import own_walk
from benchkit.audit.records.bimi import select_bimi
from benchkit.audit.records.mta_sts import select_sts
from benchkit.audit.records.text import txt_of, txts_of
from benchkit.audit.records.tls_rpt import select_tls_rpt
from benchkit.audit.rule import unanswered_in
from benchkit.model.dns import Answer, Record

SELECTORS = {"_mta-sts": select_sts, "_smtp._tls": select_tls_rpt, "default._bimi": select_bimi}


@dataclass(frozen=True, slots=True)
class PolicyTexts:
    """`texts` are those of the right version; anything but one means that there is no policy. `almost` were meant as one."""

    answer: Answer
    texts: tuple[str, ...]
    almost: tuple[str, ...] = ()

    @property
    def only(self) -> str | None:
        return self.texts[0] if len(self.texts) == 1 else None

    @property
    def meant(self) -> tuple[str, ...]:
        """What a corrected record replaces."""
        return self.texts or self.almost

    @property
    def records(self) -> tuple[Record, ...]:
        return tuple(record for record in self.answer.records if txt_of(record) in self.meant)


async def policy_texts(context: AuditContext, prefix: str, domain: str = "") -> PolicyTexts:
    """`prefix` is a key of SELECTORS; `domain` is the audited one by default."""
    answer = await context.ask(f"{prefix}.{domain or context.domain}", "TXT")
    found = SELECTORS[prefix](txts_of(answer))
    return PolicyTexts(answer, found.records, found.almost)


PREFIX = "default._bimi"


async def bimi_texts(context: AuditContext) -> PolicyTexts:
    """Where the domain has no record and its organizational domain has one, that one."""
    own = await context.fact(policy_texts, PREFIX)
    if own.meant or unanswered_in([own.answer]):
        return own
    organization = (await context.fact(own_walk)).organizational
    if organization == context.domain:
        return own
    above = await context.fact(policy_texts, PREFIX, organization)
    return above if above.meant else own
