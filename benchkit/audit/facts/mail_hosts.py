"""The hosts that take the domain's mail (RFC 5321 §5.1), with their addresses and TLSA records."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.rule import unanswered_in
from benchkit.model.dns import Answer, AnswerState, Record

ASKED_HOSTS = 20  # more MX hosts than this are counted, not followed


@dataclass(frozen=True, slots=True)
class Addresses:
    """Both families of one name."""

    name: str
    a: Answer
    aaaa: Answer

    @property
    def answers(self) -> tuple[Answer, ...]:
        return (self.a, self.aaaa)

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(record.text for answer in self.answers for record in answer.records)

    @property
    def unanswered(self) -> tuple[Answer, ...]:
        return unanswered_in(self.answers)

    @property
    def missing(self) -> bool:
        """Without an address for certain; false where an answer did not come."""
        return not self.texts and not self.unanswered

    @property
    def exists(self) -> bool:
        return any(answer.state in (AnswerState.OK, AnswerState.NODATA) for answer in self.answers)


@dataclass(frozen=True, slots=True)
class MailHosts:
    answer: Answer
    records: tuple[Record, ...]  # without a null MX, and no more than are followed

    @property
    def names(self) -> tuple[str, ...]:
        """Each once."""
        return tuple(dict.fromkeys(record.target for record in self.records))

    @property
    def null(self) -> bool:
        """The domain says that it takes no mail (RFC 7505)."""
        return any(record.target in ("", ".") for record in self.answer.records)


@dataclass(frozen=True, slots=True)
class MailHost:
    """One MX record, and where its host is."""

    record: Record
    addresses: Addresses

    @property
    def name(self) -> str:
        return self.record.target


async def addresses(context: AuditContext, name: str) -> Addresses:
    return Addresses(name, *await asyncio.gather(context.ask(name, "A"), context.ask(name, "AAAA")))


async def mail_hosts(context: AuditContext) -> MailHosts:
    """The MX records alone: what needs no address must not depend on one."""
    answer = await context.ask(context.domain, "MX")
    real = [record for record in answer.records if record.target not in ("", ".")]
    return MailHosts(answer, tuple(real[:ASKED_HOSTS]))


async def located_mail_hosts(context: AuditContext) -> tuple[MailHost, ...]:
    """With their addresses, in the order of the records."""
    records = (await context.fact(mail_hosts)).records
    found = await asyncio.gather(*(context.fact(addresses, record.target) for record in records))
    return tuple(MailHost(record, each) for record, each in zip(records, found, strict=True))


async def tlsa_records(context: AuditContext, host: str) -> Answer:
    """`ad` is by our own validation with `--dnssec`, else by the resolver's word."""
    answer = await context.ask(f"_25._tcp.{host}", "TLSA")
    validated = context.validated
    if validated is None or not answer.records:
        return answer
    return replace(answer, ad=(await validated(answer.name, "TLSA")).ad)
