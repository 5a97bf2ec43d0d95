"""The addresses that a domain's SPF authorises, each with the path by which it passes. Pure, from the tree.

First match wins, inside every included record and at the top: an address that `-ip4:` excluded stays excluded, and one that
fails inside an include can still pass after it. Terms that depend on the message (ptr, most macros) or on an answer that did
not come are listed, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_network, summarize_address_range

from benchkit.audit.records.spf import MechanismKind, Qualifier, SpfMechanism
from benchkit.audit.spf.lookups import Address, Network
from benchkit.audit.spf.ranges import Range, Ranges
from benchkit.audit.spf.result import EvaluationStep
from benchkit.audit.spf.tree import Node, TermNode, Tree
from benchkit.audit.tables.special_addresses import SPECIAL

_BLOCKS = {  # by address family, as first and last number: an address object makes them again each time
    version: [
        (int(network.network_address), int(network.broadcast_address), network, use)
        for network, use in SPECIAL
        if network.version == version
    ]
    for version in (4, 6)
}
_EVERYONE = (ip_network("0.0.0.0/0"), ip_network("::/0"))
Path = tuple[EvaluationStep, ...]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Addresses of the term at `path` that an earlier term of the same walk has settled already."""

    path: Path
    earlier: Path
    addresses: int
    whole: bool  # nothing is left for the later term: it never matters


@dataclass(frozen=True, slots=True)
class SpecialUse:
    """Addresses that pass though no mail can come from them over the internet."""

    path: Path
    network: Network
    use: str


@dataclass(frozen=True, slots=True)
class AddressSet:
    """The addresses that pass, as disjoint ranges in ascending order."""

    ranges4: tuple[Range[Path], ...]
    ranges6: tuple[Range[Path], ...]
    overlaps: tuple[Overlap, ...] = ()
    open_ended: tuple[Path, ...] = ()

    @property
    def count4(self) -> int:
        return sum(each.size for each in self.ranges4)

    @property
    def count6(self) -> int:
        return sum(each.size for each in self.ranges6)

    @property
    def networks4(self) -> tuple[Network, ...]:
        """As few networks as possible, so that two halves of the internet show as the whole."""
        return tuple(_networks(self.ranges4, 4))

    @property
    def networks6(self) -> tuple[Network, ...]:
        return tuple(_networks(self.ranges6, 6))

    @property
    def special(self) -> tuple[SpecialUse, ...]:
        return (*_special(self.ranges4, 4), *_special(self.ranges6, 6))

    def path_of(self, ip: Address) -> Path:
        """The way by which an address passes; empty if it does not, or only by a term that is open-ended."""
        ranges = self.ranges4 if ip.version == 4 else self.ranges6
        return next((each.owner for each in ranges if each.first <= int(ip) <= each.last), ())


def authorised(tree: Tree) -> AddressSet:
    """The address set of a tree. Of a tree with a permerror it says what the terms mean, not that anything passes."""
    count = _AddressCount(tree)
    passing = count.passing(tree.root.domain)
    return AddressSet(
        ranges4=tuple(passing[4]),
        ranges6=tuple(passing[6]),
        overlaps=tuple(count.overlaps),
        open_ended=tuple(path for path, term in tree.walk() if term.open_ended),
    )


Passing = dict[int, list[Range[Path]]]  # by address family, sorted; paths begin at the domain's own record


class _AddressCount:
    """What passes at each domain, computed once for each."""

    def __init__(self, tree: Tree) -> None:
        self._nodes = tree.nodes
        self._known: dict[str, Passing] = {}
        self.overlaps: list[Overlap] = []

    def passing(self, domain: str) -> Passing:
        if domain not in self._known:
            self._known[domain] = {4: [], 6: []}  # what a cycle finds
            node = self._nodes.get(domain)
            if node is not None:
                self._known[domain] = self._of_record(node)
        return self._known[domain]

    def _of_record(self, node: Node) -> Passing:
        settled: dict[int, Ranges[Path]] = {4: Ranges(), 6: Ranges()}
        passing: Passing = {4: [], 6: []}
        for term in node.reached_terms:
            passes = not isinstance(term.term, SpfMechanism) or term.term.qualifier is Qualifier.PASS
            for version in (4, 6):
                new = self._settle(settled[version], self._matched(node, term, version), _is_catch_all(term))
                passing[version] += new if passes else ()
        return {version: sorted(ranges, key=lambda each: each.first) for version, ranges in passing.items()}

    def _matched(self, node: Node, term: TermNode, version: int) -> Iterator[Range[Path]]:
        step = EvaluationStep(node.domain, term.term.text, term.term.span)
        networks = _EVERYONE if term.matches_all else term.networks
        for network in networks:
            if network.version == version:
                yield Range(int(network.network_address), int(network.broadcast_address), (step,))
        if term.child is not None:
            for each in self.passing(term.child.domain)[version]:
                yield Range(each.first, each.last, (step, *each.owner))

    def _settle(self, settled: Ranges[Path], matched: Iterator[Range[Path]], catch_all: bool) -> list[Range[Path]]:
        new: list[Range[Path]] = []
        for each in matched:
            claim = settled.claim(each.first, each.last, each.owner)
            new += claim.new
            if claim.met and claim.met[0].owner != each.owner and not catch_all:
                left = sum(piece.size for piece in claim.new)
                self.overlaps.append(Overlap(each.owner, claim.met[0].owner, each.size - left, left == 0))
        return new


def _is_catch_all(term: TermNode) -> bool:
    """`all` is meant to take what the others have left."""
    return isinstance(term.term, SpfMechanism) and term.term.kind is MechanismKind.ALL


def _networks(ranges: tuple[Range[Path], ...], version: int) -> Iterator[Network]:
    for first, last in _joined(ranges):
        if version == 4:
            yield from summarize_address_range(IPv4Address(first), IPv4Address(last))
        else:
            yield from summarize_address_range(IPv6Address(first), IPv6Address(last))


def _joined(ranges: tuple[Range[Path], ...]) -> Iterator[tuple[int, int]]:
    """Neighbours become one."""
    start = end = None
    for each in ranges:
        if end is not None and each.first == end + 1:
            end = each.last
            continue
        if start is not None and end is not None:
            yield start, end
        start, end = each.first, each.last
    if start is not None and end is not None:
        yield start, end


def _special(ranges: tuple[Range[Path], ...], version: int) -> Iterator[SpecialUse]:
    """Ranges that lie wholly inside a special-purpose block; one that merely holds such a block is over-broad, not special."""
    for each in ranges:
        for first, last, network, use in _BLOCKS[version]:
            if first <= each.first and each.last <= last:
                yield SpecialUse(each.owner, network, use)
