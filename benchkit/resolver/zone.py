"""An `Ask` from zone files, so that a zone is audited before it is published; the look-up is RFC 1034 §4.3.2.

A name that these files do not speak for (outside every zone, or below a delegation) is asked `elsewhere`, and is REFUSED
where there is no elsewhere: a file that does not hold a name has not said that it is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dns.name import Name
from dns.node import Node
from dns.rdataset import Rdataset
from dns.rdatatype import RdataType
from dns.zone import Zone

from benchkit.model.dns import Answer, AnswerState, Ask
from benchkit.resolver.names import text_name, unaskable, wire_name, wire_type
from benchkit.resolver.records import records_of
from benchkit.resolver.zone_file import read_zone

CHAIN_LIMIT = 16  # CNAMEs followed; as many as BIND follows
LOOP = Answer("", "", AnswerState.MALFORMED, ede=("CNAME loop",), queries=0)


def from_zone(paths: Sequence[str | Path], *, origin: str = "", elsewhere: Ask | None = None) -> ZoneAsk:
    """Answers from these files; `origin` is where a file without `$ORIGIN` begins. Raises InputError with file and line."""
    zones = [read_zone(Path(path), origin) for path in paths]
    return ZoneAsk([Held(zone, str(path)) for zone, path in zip(zones, paths, strict=True)], elsewhere)


class Held:
    """One zone with what a look-up needs beside it: the names that exist, empty non-terminals among them (RFC 8020)."""

    def __init__(self, zone: Zone, path: str) -> None:
        if zone.origin is None:
            raise ValueError(f"{path} has no origin")
        self.zone, self.path, self.origin = zone, path, zone.origin
        self.existing = {self.origin, *(above for name in zone for above in ancestors(name, self.origin))}

    def cut(self, name: Name, kind: RdataType) -> Rdataset | None:
        """The NS set that delegates this name to somebody else; DS stands above the cut (RFC 4035 §3.1.4.1)."""
        for above in reversed(ancestors(name, self.origin)):
            at_cut = above == name and kind == RdataType.DS
            if not at_cut and (servers := self.zone.get_rdataset(above, RdataType.NS)):
                return servers
        return None

    def node(self, name: Name) -> tuple[Node | None, bool]:
        """The node that answers for a name, and whether it is a wildcard's."""
        if name in self.existing:
            return self.zone.get_node(name), False
        encloser = next(above for above in [*ancestors(name, self.origin), self.origin] if above in self.existing)
        wildcard = self.zone.get_node(Name((b"*", *encloser.labels)))
        return wildcard, wildcard is not None

    def exists(self, name: Name) -> bool:
        return name in self.existing


def ancestors(name: Name, origin: Name) -> list[Name]:
    """The name and those above it, below the origin, longest first."""
    return [Name(name.labels[index:]) for index in range(len(name) - len(origin))]


@dataclass(frozen=True, slots=True)
class ZoneAsk:
    """The `Ask` over several zones; the longest origin that fits speaks."""

    zones: Sequence[Held]
    elsewhere: Ask | None = None

    async def __call__(self, name: str, type: str) -> Answer:  # noqa: A002
        asked, kind = wire_name(name), wire_type(type)
        if asked is None or kind is None:
            return unaskable(name, type)
        chain: list[Name] = []
        target = asked
        while (step := self._step(target, kind)).next_name is not None:
            target = step.next_name
            if target == asked or target in chain or len(chain) >= CHAIN_LIMIT:
                return _answer(asked, kind, chain, LOOP)
            chain.append(target)
        found = step.answer or await self._away(target, kind)
        return _answer(asked, kind, chain, found)

    def _step(self, name: Name, kind: RdataType) -> Step:
        held = max((z for z in self.zones if name.is_subdomain(z.origin)), key=lambda z: len(z.origin), default=None)
        if held is None or held.cut(name, kind) is not None:
            return Step()
        return _look_up(held, name, kind)

    async def _away(self, name: Name, kind: RdataType) -> Answer:
        if self.elsewhere is not None:
            return await self.elsewhere(text_name(name), kind.name)
        why = f"{text_name(name)} is not in {', '.join(held.path for held in self.zones)}"
        return Answer("", "", AnswerState.REFUSED, rcode="REFUSED", ede=(why,), queries=0)


@dataclass(frozen=True, slots=True)
class Step:
    """One look-up: an answer, a name to go on with, or neither where the zone does not speak for the name."""

    answer: Answer | None = None
    next_name: Name | None = None


def _look_up(held: Held, name: Name, kind: RdataType) -> Step:
    node, wildcard = held.node(name)
    if node is None:
        state = AnswerState.NODATA if held.exists(name) else AnswerState.NXDOMAIN
        return Step(_said(held, state))
    if found := node.get_rdataset(held.zone.rdclass, kind):
        return Step(replace(_said(held, AnswerState.OK), records=records_of(found, found.ttl), wildcard=wildcard))
    if alias := node.get_rdataset(held.zone.rdclass, RdataType.CNAME):
        return Step(next_name=alias[0].target.canonicalize())
    return Step(replace(_said(held, AnswerState.NODATA), wildcard=wildcard))


def _said(held: Held, state: AnswerState) -> Answer:
    rcode = "NXDOMAIN" if state is AnswerState.NXDOMAIN else "NOERROR"
    return Answer("", "", state, rcode=rcode, resolver=held.path, queries=0)


def _answer(asked: Name, kind: RdataType, chain: Sequence[Name], found: Answer) -> Answer:
    cnames = (*(text_name(target) for target in chain), *found.cnames)
    return replace(found, name=text_name(asked), type=kind.name, cnames=cnames)
