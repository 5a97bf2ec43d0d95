"""An `Ask` from zone files, so that a zone is audited before it is published.

A name outside the zones of these files, or below a delegation, is asked `elsewhere`. Without `elsewhere` it is REFUSED: that
a file does not hold a name does not prove that the name is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dns.name import Name
from dns.rdatatype import RdataType

from benchkit.errors import InputError, Mistake
from benchkit.model.dns import ALIAS_LOOP, Answer, AnswerState, Ask, Record
from benchkit.resolver.names import text_name, unaskable, wire_name, wire_type
from benchkit.resolver.reading import CHAIN_LIMIT
from benchkit.resolver.zone_file import ZoneFault, read_zone
from benchkit.resolver.zone_look_up import HeldZone, LookupStep

LOOP = Answer("", "", AnswerState.MALFORMED, ede=(ALIAS_LOOP,), queries=0)


def from_zone(paths: Sequence[str | Path], *, origin: str = "", elsewhere: Ask | None = None) -> ZoneAsk:
    """Answers from these files; `origin` is where a file begins that does not say. Raises InputError with file and line."""
    zones: dict[Name, HeldZone] = {}
    for path in map(Path, paths):
        read = read_zone(path, origin)
        if read.origin in zones:
            raise InputError(Mistake(str(path), f"holds {text_name(read.origin)}, as does {zones[read.origin].path}"))
        zones[read.origin] = HeldZone(read, str(path))
    return ZoneAsk(zones, elsewhere)


@dataclass(frozen=True, slots=True)
class ZoneAsk:
    """The `Ask` over several zones, by origin; the longest that fits speaks."""

    zones: Mapping[Name, HeldZone]
    elsewhere: Ask | None = None

    async def __call__(self, name: str, type: str) -> Answer:  # noqa: A002
        owner, kind = wire_name(name), wire_type(type)
        if owner is None or kind is None:
            return unaskable(name, type)
        targets, wildcard = [owner], False
        while (step := self._step(targets[-1], kind)).alias is not None:
            wildcard |= step.wildcard
            if step.alias in targets or len(targets) > CHAIN_LIMIT:
                return _answer(targets, kind, LOOP)
            targets.append(step.alias)
        found = self._answer_of(targets[-1], step) if step.state else await self._away(targets[-1], kind)
        wildcard = found.state is AnswerState.OK and (wildcard or found.wildcard)
        return _answer(targets, kind, replace(found, wildcard=wildcard))

    @property
    def faults(self) -> tuple[ZoneFault, ...]:
        """What is wrong with the files and did not keep them from being read."""
        return tuple(fault for zone in self.zones.values() for fault in zone.faults)

    @property
    def origins(self) -> tuple[str, ...]:
        return tuple(text_name(origin) for origin in self.zones)

    @property
    def records(self) -> tuple[tuple[str, Record], ...]:
        """Every record with its name, sorted."""
        return tuple(sorted((each for zone in self.zones.values() for each in zone.records), key=lambda each: each[0]))

    def holds(self, name: str) -> bool:
        """Whether one of the files speaks for a name, be it to say that it does not exist."""
        owner = wire_name(name)
        return owner is not None and self._zone_of(owner) is not None

    def _step(self, name: Name, kind: RdataType) -> LookupStep:
        zone = self._zone_of(name)
        return LookupStep() if zone is None else zone.look_up(name, kind)

    def _zone_of(self, name: Name) -> HeldZone | None:
        above = (Name(name.labels[index:]) for index in range(len(name)))
        return next((self.zones[origin] for origin in above if origin in self.zones), None)

    def _answer_of(self, name: Name, step: LookupStep) -> Answer:
        zone = self._zone_of(name)
        assert zone is not None
        assert step.state is not None
        rcode = "NXDOMAIN" if step.state is AnswerState.NXDOMAIN else "NOERROR"
        return Answer("", "", step.state, step.records, (), rcode, zone.path, wildcard=step.wildcard, queries=0)

    async def _away(self, name: Name, kind: RdataType) -> Answer:
        if self.elsewhere is not None:
            return await self.elsewhere(text_name(name), kind.name)
        why = f"{text_name(name)} is not in {', '.join(zone.path for zone in self.zones.values())}"
        return Answer("", "", AnswerState.REFUSED, rcode="REFUSED", ede=(why,), queries=0)


def _answer(targets: Sequence[Name], kind: RdataType, found: Answer) -> Answer:
    owner, *cnames = (text_name(target) for target in targets)
    return replace(found, name=owner, type=kind.name, cnames=(*cnames, *found.cnames))
