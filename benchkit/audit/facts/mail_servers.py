"""What the MX hosts show to a sender that connects: one look at the first address of each family."""

from __future__ import annotations

import asyncio

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.mail_hosts import MailHost, located_mail_hosts
from benchkit.connect_probe.starttls import MailServer, look_at

HOSTS = 6


async def mail_servers(context: AuditContext) -> tuple[MailServer, ...]:
    """Empty without leave to connect."""
    leave = context.options.connections
    if leave is None:
        return ()
    hosts = {host.name: host for host in await context.fact(located_mail_hosts)}
    wanted = [(name, address) for name, host in list(hosts.items())[:HOSTS] for address in _first(host)]
    looks = (
        look_at(address, name, port=leave.smtp_port, timeout_s=leave.timeout_s, trust=leave.trust)
        for name, address in wanted
    )
    return tuple(await asyncio.gather(*looks))


def _first(host: MailHost) -> list[str]:
    return [answer.records[0].text for answer in host.addresses.answers if answer.records]
