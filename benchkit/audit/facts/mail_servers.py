"""What the MX hosts show to a sender that connects: one connection to the first address of each family."""

from __future__ import annotations

import asyncio

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.connect_probe.starttls import MailServer
from benchkit.audit.facts.mail_hosts import MailHost, located_mail_hosts

HOSTS = 6


async def mail_servers(context: AuditContext) -> tuple[MailServer, ...]:
    """Empty without permission to connect."""
    connections = context.options.connections
    if connections is None:
        return ()
    hosts = {host.name: host for host in await context.fact(located_mail_hosts)}
    wanted = [(name, address) for name, host in list(hosts.items())[:HOSTS] for address in _first(host)]
    probes = (connections.probes.mail_server(address, name) for name, address in wanted)
    return tuple(await asyncio.gather(*probes))


def _first(host: MailHost) -> list[str]:
    return [answer.records[0].text for answer in host.addresses.answers if answer.records]
