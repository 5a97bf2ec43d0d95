"""The SPF record that the domain's MX hosts suggest, where it has none that names a sender."""

from __future__ import annotations

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.mail_hosts import mail_hosts
from benchkit.audit.facts.profile import is_unused
from benchkit.audit.facts.providers import mailbox_provider
from benchkit.audit.fixes.spf_merge import NAME_THEM


async def likely_record(context: AuditContext) -> tuple[str, tuple[str, ...]]:
    """The record that the MX hosts suggest, with reasons; "" with what to decide."""
    hosts, provider = await context.fact(mail_hosts), await context.fact(mailbox_provider)
    if not hosts.answer.state.known or (provider and not provider.include):
        named = f"{provider.name} receives your mail; which hosts send it is not known here. " if provider else ""
        return "", (f"{named}{NAME_THEM[0].upper()}{NAME_THEM[1:]}",)
    if await context.fact(is_unused):
        return "v=spf1 -all", ("no host may send: benchkit found no sign that the domain has mail",)
    if not hosts.records:
        return "", (NAME_THEM,)
    others = "add every other service that sends for you before `~all`"
    if provider:
        why = f"{provider.name} holds the mailboxes: its MX hosts only receive, its include names the hosts that send"
        return f"v=spf1 include:{provider.include} ~all", (why, others)
    return "v=spf1 mx ~all", ("the MX hosts may send", others)
