"""What the audit of one domain has asked, and the facts made of the answers, shared between checks.

Law: nothing is asked twice, nothing is parsed twice. A fact is an async function of the context, made once; whatever else
needs it waits for it. The context knows no mechanism. It notes which questions each check and each fact has read the answers
of, so that the engine can tell which findings rest on an answer that did not come.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from typing import Any, Concatenate, ParamSpec, TypeVar

from benchkit.audit.aggregate_reports import ReportCollection
from benchkit.audit.connect_probe.probes import ConnectOptions
from benchkit.audit.connect_probe.special_addresses import why_not_public
from benchkit.audit.message.parser import Mail
from benchkit.audit.sending_identities import ArmIdentity
from benchkit.audit.zone_facts import HeldZoneFacts
from benchkit.errors import InputError, Mistake
from benchkit.model.dns import Answer, AnswerState, Ask
from benchkit.resolver.limits import Snapshot

T = TypeVar("T")
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller gave besides the domain. `offline`: a zone file answers, which says nothing about names outside it."""

    ip: str = ""
    helo: str = ""
    mail_from: str = ""
    selectors: tuple[str, ...] = ()
    offline: bool = False
    joined: bool = False  # … but that live servers are asked about those, `offline` too
    zone: HeldZoneFacts | None = None
    connections: ConnectOptions | None = None
    allow_private: bool = False  # whether name servers at private or reserved addresses may be asked
    authorities: Callable[[str, str], Ask] | None = None  # a domain and a name server's address → that server's answers
    validated: Callable[[str], Ask] | None = (
        None  # a domain → answers that were validated here (DNSSEC), not by the resolver
    )
    blocklists: bool = False
    nsec_walk: bool = False
    mail: Mail | None = None
    arms: tuple[ArmIdentity, ...] = ()
    reports: ReportCollection | None = None
    now_s: int = 0  # seconds since 1970, for signatures that expire; 0: they never do

    def __post_init__(self) -> None:
        """Raises InputError where `ip` is not an address."""
        try:
            if self.ip:
                ip_address(self.ip)
        except ValueError as error:
            raise InputError(Mistake("--ip", str(error))) from None


class Reads:
    """The questions whose answers a check or a fact has read, in the order of reading."""

    def __init__(self) -> None:
        self.questions: dict[AskedOf, None] = {}


VALIDATED = "validated"  # in the place of a name server's address
AskedOf = tuple[str, str, str]  # a name server's address, "" for the resolver; the name; the type
_READS: ContextVar[Reads | None] = ContextVar("reads", default=None)


class AuditContext:
    """`ask` is the audit's only way to the DNS: each question is asked once, each answer kept, each reading noted."""

    def __init__(self, domain: str, ask: Ask, options: Options | None = None) -> None:
        self.domain = domain
        self.options = options or Options()
        self._servers: dict[str, Snapshot] = {"": Snapshot(ask)}
        self._facts: dict[Any, asyncio.Task[tuple[Any, Reads]]] = {}

    def ask(self, name: str, type: str) -> Awaitable[Answer]:  # noqa: A002 (the field's word)
        return self._asked("", name, type)

    def prefetch(self, name: str, type: str) -> Awaitable[Answer]:  # noqa: A002
        """The answer without noting that it was read: to ask early, or where it is known that it decides nothing."""
        return self._servers[""](name, type)

    def at(self, address: str, *, noted: bool = True) -> Ask | None:
        """The answers of one of the zone's own name servers; None where they may not be asked."""
        if self.options.authorities is None:
            return None
        if address not in self._servers:
            self._servers[address] = Snapshot(self._server(address))
        return partial(self._asked, address) if noted else self._servers[address]

    @property
    def validated(self) -> Ask | None:
        """Answers that were validated here: `ad` is ours to say. None where the resolver is believed."""
        if self.options.validated is None:
            return None
        if VALIDATED not in self._servers:
            self._servers[VALIDATED] = Snapshot(self.options.validated(self.domain))
        return partial(self._asked, VALIDATED)

    def _server(self, address: str) -> Ask:
        """A zone chooses the addresses of its name servers: one inside our own network is not asked because a zone says so."""
        assert self.options.authorities is not None
        why = "" if self.options.allow_private else why_not_public(address)
        return _not_asked(address, why) if why else self.options.authorities(self.domain, address)

    def _asked(self, server: str, name: str, type: str) -> Awaitable[Answer]:  # noqa: A002
        if (reads := _READS.get()) is not None:
            reads.questions[(server, name.lower().removesuffix("."), type.upper())] = None
        return self._servers[server](name, type)

    async def fact(
        self, make: Callable[Concatenate[AuditContext, P], Awaitable[T]], *arguments: P.args, **named: P.kwargs
    ) -> T:
        """What `make` finds out about the domain; `arguments` must be hashable. What it has read counts as read here too."""
        key = (make, arguments, tuple(named.items()))
        if key not in self._facts:
            self._facts[key] = asyncio.ensure_future(_made(make(self, *arguments, **named)))
        found: T
        found, read = await self._facts[key]
        if (reads := _READS.get()) is not None:
            reads.questions |= read.questions
        return found

    async def unread_fact(
        self, make: Callable[Concatenate[AuditContext, P], Awaitable[T]], *arguments: P.args, **named: P.kwargs
    ) -> T:
        """The fact without noting what it has read: for parts of it that are true whichever answers did not come."""
        with noting_reads():
            return await self.fact(make, *arguments, **named)

    def known(self, make: Callable[Concatenate[AuditContext, P], Awaitable[T]]) -> T | None:
        """The fact, if a check has needed it; for the report's sections."""
        result = self._finished(make)
        return result[0] if result else None

    def is_complete(self, make: Callable[Concatenate[AuditContext, P], Awaitable[T]]) -> bool:
        """Whether every answer that the fact rests on has come."""
        result = self._finished(make)
        return result is not None and not self.unanswered(result[1].questions)

    def _finished(self, make: Callable[..., Any]) -> tuple[Any, Reads] | None:
        task = self._facts.get((make, (), ()))
        return task.result() if task is not None and task.done() and task.exception() is None else None

    def unanswered(self, questions: Iterable[AskedOf]) -> tuple[Answer, ...]:
        """The answers to these that say nothing about the zone."""
        answers = (self._servers[server].answer(name, kind) for server, name, kind in questions)
        return tuple(answer for answer in answers if answer is not None and not answer.state.known)

    @property
    def answers(self) -> tuple[Answer, ...]:
        """All that were got, in the order of name and type: the order in which they came must not show."""
        found = (answer for address in sorted(self._servers) for answer in self._servers[address].answers)
        return tuple(sorted(found, key=lambda answer: (answer.name, answer.type)))

    @property
    def queries(self) -> int:
        return sum(server.queries for server in self._servers.values())


@contextmanager
def noting_reads() -> Iterator[Reads]:
    """What is asked within, and by the facts that are needed within, is noted there and nowhere else."""
    reads = Reads()
    before = _READS.set(reads)
    try:
        yield reads
    finally:
        _READS.reset(before)


def _not_asked(address: str, why: str) -> Ask:
    reason = f"not asked: {address} is no public address ({why}), allow it with --allow-private"

    async def ask(name: str, type: str) -> Answer:  # noqa: A002
        return Answer(name, type, AnswerState.TIMEOUT, ede=(reason,), queries=0)

    return ask


async def _made(awaitable: Awaitable[T]) -> tuple[T, Reads]:
    with noting_reads() as reads:
        return await awaitable, reads
