"""What each of the zone's own name servers says about the records that mail depends on; each is asked."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.dkim_discovery import discovery
from benchkit.audit.facts.mail_hosts import Addresses, addresses
from benchkit.model.dns import Answer, Ask

SERVERS = 8  # more are counted, not asked
SELECTORS = 4
Question = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Authority:
    """`answers` are to the same questions in the same order at every server: SOA first, and alone where that is lost."""

    name: str
    address: str
    answers: tuple[Answer, ...]

    @property
    def soa(self) -> Answer:
        return self.answers[0]

    @property
    def serial(self) -> str:
        """RFC 1035 §3.3.13; "" where it did not tell."""
        return self.soa.records[0].text.split()[2] if self.soa.records else ""

    def __str__(self) -> str:
        return f"{self.name} [{self.address}]"


async def authorities(context: AuditContext) -> tuple[Authority, ...]:
    """Empty where they may not be asked, or where the name is no zone of its own."""
    if context.options.authorities is None:
        return ()
    named = await context.ask(context.domain, "NS")
    hosts = await asyncio.gather(*(context.fact(addresses, record.target) for record in named.records[:SERVERS]))
    questions = await _questions(context)
    found = await asyncio.gather(*(_asked(context, host, questions) for host in hosts))
    return tuple(each for each in found if each is not None)


async def _questions(context: AuditContext) -> list[Question]:
    domain, keys = context.domain, (await context.fact(discovery)).keys
    own = [key.at for key in keys if not key.answer.cnames]  # the target of a CNAME is in another zone
    texts = [domain, f"_dmarc.{domain}", *own[:SELECTORS]]
    return [(domain, "SOA"), (domain, "MX"), *((name, "TXT") for name in texts)]


async def _asked(context: AuditContext, host: Addresses, questions: list[Question]) -> Authority | None:
    """At its first address, IPv4 if it has one; None where it has none."""
    address = next(iter(host.texts), "")
    ask: Ask | None = context.at(address) if address else None
    if ask is None:
        return None
    first, *others = questions
    soa = await ask(*first)
    answers = (
        await asyncio.gather(*(_said(context, address, question) for question in others)) if soa.state.known else ()
    )
    return Authority(host.name, address, (soa, *answers))


async def _said(context: AuditContext, address: str, question: Question) -> Answer:
    """A CNAME says all that this server has to say: whether its target was answered does not matter here."""
    ask, unnoted = context.at(address), context.at(address, noted=False)
    assert ask is not None
    assert unnoted is not None
    answer = await unnoted(*question)
    return answer if answer.cnames else await ask(*question)
