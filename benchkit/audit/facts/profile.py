"""Whether the domain is for mail at all: it takes mail, it says that it sends none, or both are unknown.

Law: "sends no mail" is said of a bare `v=spf1 -all` at a domain without MX hosts, and of nothing else. A record that lets no
one pass at a domain that takes mail is more likely an error.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.dkim_discovery import discovery
from benchkit.audit.facts.mail_hosts import addresses, mail_hosts
from benchkit.audit.facts.spf_record import spf_record
from benchkit.audit.zone_facts import mailboxes_in


@dataclass(frozen=True, slots=True)
class MailProfile:
    """`takes_mail`: it has MX hosts. `null_mx`: it says that it takes none (RFC 7505), with no other MX record."""

    takes_mail: bool
    null_mx: bool
    bare_fail: bool  # SPF is `v=spf1 -all`

    @property
    def sends_none(self) -> bool:
        """The domain declares that it sends no mail (RFC 7208 §10.1.2)."""
        return self.bare_fail and not self.takes_mail

    @property
    def parked(self) -> bool:
        """It sends nothing and takes nothing, and says both."""
        return self.bare_fail and self.null_mx and not self.takes_mail


async def is_unused(context: AuditContext) -> bool:
    """Nothing shows that the domain has mail: no SPF, no MX host, no address (or a null MX), no key, no reports to it."""
    spf, hosts = await asyncio.gather(context.fact(spf_record), context.fact(mail_hosts))
    if spf.selection.records or spf.selection.almost or hosts.records:
        return False
    if await _gets_reports(context):
        return False
    own, keys = await asyncio.gather(context.fact(addresses, context.domain), context.fact(discovery))
    known = spf.answer.state.known and hosts.answer.state.known
    return known and (own.missing or hosts.null) and not keys.keys and not keys.unanswered


async def _gets_reports(context: AuditContext) -> bool:
    """A report address leads to the domain, in its own records or in another domain's of the same zone file."""
    if context.options.zone and context.domain in context.options.zone.mailboxes:
        return True
    own = await asyncio.gather(
        *(context.ask(f"{prefix}.{context.domain}", "TXT") for prefix in ("_dmarc", "_smtp._tls"))
    )
    if any(not answer.state.known for answer in own):
        return True  # what is not known shows no absence
    return any(context.domain in mailboxes_in(record) for answer in own for record in answer.records)


async def mail_profile(context: AuditContext) -> MailProfile:
    spf, hosts = await asyncio.gather(context.fact(spf_record), context.fact(mail_hosts))
    return MailProfile(bool(hosts.records), hosts.null and not hosts.records, spf.is_bare_fail)
