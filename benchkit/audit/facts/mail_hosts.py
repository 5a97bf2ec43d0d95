"""The hosts that take the domain's mail (RFC 5321 §5.1), with their addresses."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.rule import lost
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
    def lost(self) -> tuple[Answer, ...]:
        return lost(self.answers)

    @property
    def missing(self) -> bool:
        """Surely without an address; false where an answer did not come."""
        return not self.texts and not self.lost

    @property
    def exists(self) -> bool:
        return any(answer.state in (AnswerState.OK, AnswerState.NODATA) for answer in self.answers)


@dataclass(frozen=True, slots=True)
class MailHost:
    record: Record
    addresses: Addresses

    @property
    def name(self) -> str:
        return self.record.target


@dataclass(frozen=True, slots=True)
class MailHosts:
    answer: Answer
    hosts: tuple[MailHost, ...]  # without null MX

    @property
    def null(self) -> bool:
        """The domain says that it takes no mail (RFC 7505)."""
        return any(record.target in ("", ".") for record in self.answer.records)


async def addresses(dossier: AuditContext, name: str) -> Addresses:
    return Addresses(name, *await asyncio.gather(dossier.ask(name, "A"), dossier.ask(name, "AAAA")))


async def mail_hosts(dossier: AuditContext) -> MailHosts:
    answer = await dossier.ask(dossier.domain, "MX")
    real = [record for record in answer.records if record.target not in ("", ".")][:ASKED_HOSTS]
    found = await asyncio.gather(*(dossier.fact(addresses, record.target) for record in real))
    return MailHosts(answer, tuple(MailHost(record, each) for record, each in zip(real, found, strict=True)))
