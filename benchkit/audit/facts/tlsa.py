"""The TLSA records of an MX host; `ad` is by our own validation with `--dnssec`, else by the resolver's word."""

from __future__ import annotations

from dataclasses import replace

from benchkit.audit.audit_context import AuditContext
from benchkit.model.dns import Answer


async def tlsa_records(context: AuditContext, host: str) -> Answer:
    answer = await context.ask(f"_25._tcp.{host}", "TLSA")
    validated = context.validated
    if validated is None or not answer.records:
        return answer
    return replace(answer, ad=(await validated(answer.name, "TLSA")).ad)
