"""Five domains with everything that the DNS holds around them, and an `Ask` that loses chosen answers."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from benchkit.audit import Options, audit_domain
from benchkit.model.audit import AuditReport
from benchkit.model.dns import Answer, AnswerState, Ask, Record
from benchkit.resolver import from_zone
from benchkit.testing.zones import NEWS, OFFICE, PARKED, REST

SHIPPED = Path(__file__).parents[2] / "scenarios" / "zones"
Question = tuple[str, str, str]  # a name server's address, "" for the resolver; the name; the type
LISTED_BY = "zen.spamhaus.org"


@dataclass(frozen=True, slots=True)
class World:
    """`signed`: the resolver validates what is at or below these names. `added`: TXT records that a test brings along."""

    domain: str
    files: tuple[Path, ...]
    ip: str
    signed: tuple[str, ...] = ()
    added: Mapping[str, str] | None = None

    def ask(self, lost: Collection[Question] = (), state: AnswerState = AnswerState.TIMEOUT, server: str = "") -> Ask:
        zone = _zone(self.files)

        async def ask(name: str, type: str) -> Answer:  # noqa: A002
            if (server, name, type) in lost:
                return Answer(name, type, state)
            if type == "TXT" and name in (self.added or {}):
                text = (self.added or {})[name]
                return Answer(name, type, AnswerState.OK, (Record("TXT", text, (text.encode(),)),))
            if name.endswith(LISTED_BY):
                return _listing(name, type, self.ip)
            answer = await zone(name, type)
            ad = any(name == each or name.endswith(f".{each}") for each in self.signed)
            return replace(answer, ad=ad, wildcard=answer.wildcard and ad)

        return ask


FIVE: Mapping[str, World] = {
    "good": World("shop.example", (SHIPPED / "good.zone", REST), "192.0.2.17"),
    "bad": World("shop.example", (SHIPPED / "bad.zone", REST), "203.0.113.99"),
    "office": World("office.example", (OFFICE, REST), "203.0.113.1"),
    "parked": World("parked.example", (PARKED, REST), "192.0.2.1", signed=("parked.example",)),
    "news": World("news.brand.example", (NEWS, REST), "198.51.100.4", signed=("brand.example",)),
}


@cache
def _zone(files: tuple[Path, ...]) -> Ask:
    return from_zone(files)


def _listing(name: str, type: str, listed: str) -> Answer:  # noqa: A002
    """A blocklist that works, and lists one address."""
    reverse = ".".join(reversed(name.removesuffix(f".{LISTED_BY}").split(".")))
    if type == "A" and reverse in ("127.0.0.2", listed):
        return Answer(name, type, AnswerState.OK, (Record("A", "127.0.0.4"),))
    return Answer(name, type, AnswerState.NXDOMAIN)


def report_of(
    world: World, options: Options, lost: Collection[Question] = (), state: AnswerState = AnswerState.TIMEOUT
) -> AuditReport:
    """Each of the zone's name servers answers as the resolver does, but for what is lost on the way from it."""
    asked = replace(options, authorities=lambda domain, address: world.ask(lost, state, address))
    return asyncio.run(audit_domain(world.domain, world.ask(lost, state), asked))
