"""One zone and one look-up in it (RFC 1034 §4.3.2): delegations, empty non-terminals, aliases, DNAME, wildcards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dns.name import Name, NameTooLong
from dns.node import Node
from dns.rdatatype import RdataType

from benchkit.model.dns import AnswerState, Record
from benchkit.resolver.names import text_name
from benchkit.resolver.records import records_of
from benchkit.resolver.zone_file import ZoneFile


@dataclass(frozen=True, slots=True)
class LookupStep:
    """What the zone says of a name and a type; `state` is None below a delegation, where it says nothing."""

    state: AnswerState | None = None
    records: tuple[Record, ...] = ()
    alias: Name | None = None
    wildcard: bool = False


class HeldZone:
    """A zone, and the names that exist in it: those with records and those above them (RFC 8020)."""

    def __init__(self, file: ZoneFile, path: str) -> None:
        self.file, self.path = file, path
        self.origin, self.faults = file.origin, file.faults
        zone, origin = file.zone, file.origin
        self._zone = zone
        rdatasets = [(name, rdataset) for name, rdataset in zone.iterate_rdatasets() if name != origin]
        self._cuts = {name for name, rdataset in rdatasets if rdataset.rdtype == RdataType.NS}
        self._renames = {
            name: rdataset[0].target.canonicalize()
            for name, rdataset in zone.iterate_rdatasets()
            if rdataset.rdtype == RdataType.DNAME
        }
        self._existing = {origin, *(above for name in zone for above in _ancestors(name, origin))}

    def look_up(self, name: Name, kind: RdataType) -> LookupStep:
        if self._is_delegated(name, kind):
            return LookupStep()
        if (renamed := self._renamed(name)) is not None:
            return LookupStep(AnswerState.OK, alias=renamed)
        node, wildcard = self._node(name)
        if node is None:
            return LookupStep(AnswerState.NODATA if name in self._existing else AnswerState.NXDOMAIN)
        if found := node.get_rdataset(self._zone.rdclass, kind):
            return LookupStep(AnswerState.OK, records_of(found, found.ttl), wildcard=wildcard)
        if alias := node.get_rdataset(self._zone.rdclass, RdataType.CNAME):
            return LookupStep(AnswerState.OK, alias=alias[0].target.canonicalize(), wildcard=wildcard)
        return LookupStep(AnswerState.NODATA)

    def _is_delegated(self, name: Name, kind: RdataType) -> bool:
        """Whether an NS set gives this name to other servers; DS is above the cut (RFC 4035 §3.1.4.1)."""
        return any(
            above in self._cuts and not (above == name and kind == RdataType.DS)
            for above in (_ancestors(name, self.origin) if self._cuts else ())
        )

    def _renamed(self, name: Name) -> Name | None:
        """Where a DNAME above the name leads it: the name below it is the same below its target (RFC 6672 §3.2)."""
        for above in [*_ancestors(name, self.origin)[1:], self.origin] if self._renames and name != self.origin else ():
            if above in self._renames:
                return _below(name, above, self._renames[above])
        return None

    @property
    def records(self) -> Iterator[tuple[str, Record]]:
        for name, rdataset in self._zone.iterate_rdatasets():
            for record in records_of(rdataset, rdataset.ttl):
                yield text_name(name), record

    def _node(self, name: Name) -> tuple[Node | None, bool]:
        """The node that answers for a name, and whether it is a wildcard's, at the closest encloser (RFC 4592 §3.3.1)."""
        if name in self._existing:
            return self._zone.get_node(name), False
        encloser = next(above for above in (*_ancestors(name, self.origin), self.origin) if above in self._existing)
        wildcard = self._zone.get_node(Name((b"*", *encloser.labels)))
        return wildcard, wildcard is not None


def _below(name: Name, owner: Name, target: Name) -> Name | None:
    """None where the new name would be too long, which RFC 6672 §2.2 answers with an error."""
    try:
        return Name(name.labels[: len(name) - len(owner)] + target.labels)
    except NameTooLong:
        return None


def _ancestors(name: Name, origin: Name) -> list[Name]:
    """The name and those above it, below the origin, longest first."""
    return [Name(name.labels[index:]) for index in range(len(name) - len(origin))]
