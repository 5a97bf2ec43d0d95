"""The dossier of one domain: what was asked, and the facts made of the answers, shared between checks.

Law: nothing is asked twice, nothing is parsed twice. A fact is an async function of the dossier, made once by whoever needs
it first while others wait for it; the dossier itself knows no mechanism.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Concatenate, ParamSpec, TypeVar

from benchkit.audit.connect_options import ConnectOptions
from benchkit.audit.message.parser import Mail
from benchkit.audit.sending_identities import ArmIdentity
from benchkit.errors import InputError, Mistake
from benchkit.model.dns import Answer, Ask
from benchkit.resolver.limits import Snapshot

T = TypeVar("T")
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller told beside the domain. `offline`: a zone file answers, which is silent about foreign names."""

    ip: str = ""
    helo: str = ""
    mail_from: str = ""
    selectors: tuple[str, ...] = ()
    offline: bool = False
    connections: ConnectOptions | None = None
    authorities: Callable[[str, str], Ask] | None = None  # a domain and a name server's address → that server's word
    blocklists: bool = False
    nsec_walk: bool = False
    mail: Mail | None = None
    arms: tuple[ArmIdentity, ...] = ()
    now_s: int = 0  # seconds since 1970, for signatures that expire; 0: they never do

    def __post_init__(self) -> None:
        """Raises InputError where `ip` is no address."""
        try:
            if self.ip:
                ip_address(self.ip)
        except ValueError as error:
            raise InputError(Mistake("--ip", str(error))) from None


class AuditContext:
    """`ask` is the audit's only door to the DNS; it asks everything once, and keeps every answer."""

    def __init__(self, domain: str, ask: Ask, options: Options | None = None) -> None:
        self.domain = domain
        self.options = options or Options()
        self.ask = Snapshot(ask)
        self._facts: dict[Any, asyncio.Task[Any]] = {}
        self._servers: dict[str, Snapshot] = {}

    def at(self, address: str) -> Ask | None:
        """The word of one of the zone's own name servers; None without leave to ask them."""
        if self.options.authorities and address not in self._servers:
            self._servers[address] = Snapshot(self.options.authorities(self.domain, address))
        return self._servers.get(address)

    async def fact(
        self, make: Callable[Concatenate[AuditContext, P], Awaitable[T]], *arguments: P.args, **named: P.kwargs
    ) -> T:
        """What `make` finds out about the domain; `arguments` must be hashable."""
        key = (make, arguments, tuple(named.items()))
        if key not in self._facts:
            self._facts[key] = asyncio.ensure_future(_coroutine(make(self, *arguments, **named)))
        found: T = await self._facts[key]
        return found

    def known(self, make: Callable[Concatenate[AuditContext, P], Awaitable[T]]) -> T | None:
        """The fact, if a check has needed it; for the report's sections."""
        made = self._facts.get((make, (), ()))
        return made.result() if made is not None and made.done() and made.exception() is None else None

    @property
    def answers(self) -> tuple[Answer, ...]:
        """All that were got, in the order of name and type: what comes first must not show."""
        found = (answer for asked in self._asked for answer in asked.answers)
        return tuple(sorted(found, key=lambda answer: (answer.name, answer.type)))

    @property
    def queries(self) -> int:
        return sum(asked.queries for asked in self._asked)

    @property
    def _asked(self) -> tuple[Snapshot, ...]:
        return (self.ask, *(self._servers[address] for address in sorted(self._servers)))


async def _coroutine(awaitable: Awaitable[T]) -> T:
    return await awaitable
