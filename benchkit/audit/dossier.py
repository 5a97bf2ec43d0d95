"""The dossier of one domain: what was asked, and the facts made of the answers, shared between checks.

Law: nothing is asked twice, nothing is parsed twice. A fact is an async function of the dossier, made once by whoever needs
it first while others wait for it; the dossier itself knows no mechanism.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar

from benchkit.model.dns import Answer, Ask

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
    connected: bool = False
    blocklists: bool = False
    nsec_walk: bool = False


class Dossier:
    """`ask` is the audit's only door to the DNS; every answer is kept as evidence and for the count of queries."""

    def __init__(self, domain: str, ask: Ask, options: Options | None = None) -> None:
        self.domain = domain
        self.options = options or Options()
        self._ask = ask
        self._asked: dict[tuple[str, str], asyncio.Task[Answer]] = {}
        self._facts: dict[Any, asyncio.Task[Any]] = {}

    async def ask(self, name: str, type: str) -> Answer:  # noqa: A002 (the field's word)
        key = (name.lower().rstrip("."), type.upper())
        if key not in self._asked:
            self._asked[key] = asyncio.ensure_future(_coroutine(self._ask(*key)))
        return await self._asked[key]

    async def fact(
        self, make: Callable[Concatenate[Dossier, P], Awaitable[T]], *arguments: P.args, **named: P.kwargs
    ) -> T:
        """What `make` finds out about the domain; `arguments` must be hashable."""
        key = (make, arguments, tuple(named.items()))
        if key not in self._facts:
            self._facts[key] = asyncio.ensure_future(_coroutine(make(self, *arguments, **named)))
        found: T = await self._facts[key]
        return found

    def known(self, make: Callable[Concatenate[Dossier, P], Awaitable[T]]) -> T | None:
        """The fact, if a check has needed it; for the report's sections."""
        made = self._facts.get((make, (), ()))
        return made.result() if made is not None and made.done() and made.exception() is None else None

    @property
    def answers(self) -> tuple[Answer, ...]:
        done = (task for task in self._asked.values() if task.done() and task.exception() is None)
        return tuple(sorted((task.result() for task in done), key=lambda answer: (answer.name, answer.type)))

    @property
    def queries(self) -> int:
        return sum(answer.queries for answer in self.answers)


async def _coroutine(awaitable: Awaitable[T]) -> T:
    return await awaitable
