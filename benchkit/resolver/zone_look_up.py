"""One zone and one look-up in it (RFC 1034 §4.3.2): delegations, empty non-terminals, aliases, wildcards."""

from __future__ import annotations

from dataclasses import dataclass

from dns.name import Name
from dns.node import Node
from dns.rdatatype import RdataType
from dns.zone import Zone

from benchkit.model.dns import AnswerState, Record
from benchkit.resolver.records import records_of


@dataclass(frozen=True, slots=True)
class LookupStep:
    """What the zone says of a name and a type; `state` is None below a delegation, where it says nothing."""

    state: AnswerState | None = None
    records: tuple[Record, ...] = ()
    alias: Name | None = None
    wildcard: bool = False


class HeldZone:
    """A zone, and the names that exist in it: those with records and those above them (RFC 8020)."""

    def __init__(self, zone: Zone, origin: Name, path: str) -> None:
        self.origin, self.path = origin, path
        self._zone = zone
        self._existing = {origin, *(above for name in zone for above in _ancestors(name, origin))}

    def look_up(self, name: Name, kind: RdataType) -> LookupStep:
        if self._is_delegated(name, kind):
            return LookupStep()
        node, wildcard = self._node(name)
        if node is None:
            return LookupStep(AnswerState.NODATA if name in self._existing else AnswerState.NXDOMAIN)
        if found := node.get_rdataset(self._zone.rdclass, kind):
            return LookupStep(AnswerState.OK, records_of(found, found.ttl), wildcard=wildcard)
        if alias := node.get_rdataset(self._zone.rdclass, RdataType.CNAME):
            return LookupStep(AnswerState.OK, alias=alias[0].target.canonicalize(), wildcard=wildcard)
        return LookupStep(AnswerState.NODATA)

    def _is_delegated(self, name: Name, kind: RdataType) -> bool:
        """Whether an NS set gives this name to somebody else; DS stands above the cut (RFC 4035 §3.1.4.1)."""
        return any(
            self._zone.get_rdataset(above, RdataType.NS) and not (above == name and kind == RdataType.DS)
            for above in _ancestors(name, self.origin)
        )

    def _node(self, name: Name) -> tuple[Node | None, bool]:
        """The node that answers for a name, and whether it is a wildcard's, at the closest encloser (RFC 4592 §3.3.1)."""
        if name in self._existing:
            return self._zone.get_node(name), False
        encloser = next(above for above in (*_ancestors(name, self.origin), self.origin) if above in self._existing)
        wildcard = self._zone.get_node(Name((b"*", *encloser.labels)))
        return wildcard, wildcard is not None


def _ancestors(name: Name, origin: Name) -> list[Name]:
    """The name and those above it, below the origin, longest first."""
    return [Name(name.labels[index:]) for index in range(len(name) - len(origin))]
