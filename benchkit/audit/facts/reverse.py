"""Forward-confirmed reverse DNS (FCrDNS) of an address: its PTR names, and which of them lead back to it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from ipaddress import ip_address

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.rule import unanswered_in
from benchkit.model.dns import Answer

NAMES = 5  # PTR names of one address that are followed


@dataclass(frozen=True, slots=True)
class Reverse:
    address: str
    pointer: Answer
    forward: tuple[Answer, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(record.target for record in self.pointer.records)

    @property
    def confirmed(self) -> str:
        """The first PTR name whose address record is this address; "" if none."""
        own = ip_address(self.address)
        for name, answer in zip(self.names, self.forward, strict=False):
            if any(ip_address(record.text) == own for record in answer.records):
                return name
        return ""

    @property
    def answers(self) -> tuple[Answer, ...]:
        return (self.pointer, *self.forward)

    @property
    def unanswered(self) -> tuple[Answer, ...]:
        return () if self.confirmed else unanswered_in(self.answers)


async def reverse(context: AuditContext, address: str) -> Reverse:
    parsed = ip_address(address)
    pointer = await context.ask(parsed.reverse_pointer, "PTR")
    family = "A" if parsed.version == 4 else "AAAA"
    names = [record.target for record in pointer.records][:NAMES]
    return Reverse(address, pointer, tuple(await asyncio.gather(*(context.ask(name, family) for name in names))))
