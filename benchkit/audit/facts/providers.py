"""The mail providers that the domain uses, each with what shows it: its MX hosts, its include, or the CNAME of a DKIM key.

Law: a provider known by its MX or by a working key is in use. By an include alone it is only allowed to send.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.dkim_discovery import discovery
from benchkit.audit.facts.mail_hosts import mail_hosts
from benchkit.audit.tables.provider_signatures import SENDERS, ProviderSignature, by_mx


@dataclass(frozen=True, slots=True)
class UsedProvider:
    """`shown_by`: "its MX hosts" or "the key at selector1", for people."""

    provider: ProviderSignature
    shown_by: str


async def used_providers(context: AuditContext) -> tuple[UsedProvider, ...]:
    """Each once, those of the MX first."""
    hosts, keys = await asyncio.gather(context.fact(mail_hosts), context.fact(discovery))
    used = {provider.name: "the MX hosts" for provider in by_mx(hosts.names)}
    for key in keys.keys:
        if key.provider:
            used.setdefault(key.provider, f"the key at {key.name}")
    known = {provider.name: provider for provider in SENDERS}
    return tuple(UsedProvider(known[name], how) for name, how in used.items())


async def mailbox_provider(context: AuditContext) -> ProviderSignature | None:
    """The provider that holds the mailboxes, by the MX hosts."""
    return next(iter(by_mx((await context.fact(mail_hosts)).names)), None)
