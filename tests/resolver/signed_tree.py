"""A tree of signed zones in memory, and the messages that an honest resolver would hand on: the root, and some below it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import dns.dnssec
import dns.message
import dns.name
import dns.rcode
import dns.rdataset
import dns.zone
from cryptography.hazmat.primitives.asymmetric import ec
from dns.message import Message
from dns.name import Name
from dns.rdataclass import IN
from dns.rdatatype import RdataType
from dns.rrset import RRset
from dns.zone import Zone

NOW_S = 1_800_000_000
DAY_S = 86_400
SOA = "@ 60 IN SOA ns h 1 2 3 4 5\n@ 60 IN NS ns\nns 60 IN A 192.0.2.1\n"
ZONES = {
    ".": "",
    "example.": "plain 60 IN NS ns\nplain.ns 60 IN A 192.0.2.2\n",
    "shop.example.": 'www 60 IN A 192.0.2.80\nalias 60 IN CNAME www\n@ 60 IN TXT "v=spf1 -all"\n'
    "away 60 IN CNAME www.plain.example.\n_dmarc 60 IN TXT x\na.b.ent 60 IN A 192.0.2.9\n*.wild 60 IN TXT star\n",
}
UNSIGNED = {"plain.example.": "www 60 IN A 192.0.2.90\n"}


@dataclass
class Tree:
    """`fetch` is what a resolver hands on; `change` may forge a message on its way."""

    zones: dict[Name, Zone] = field(default_factory=dict)
    anchor: str = ""
    change: Callable[[Name, RdataType, Message], Message | None] = lambda name, kind, message: message
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def fetch(self, name: Name, kind: RdataType) -> Message | None:
        self.asked.append((name.to_text(True), kind.name))
        message = self.change(name, kind, self.answer(name, kind))
        return dns.message.from_wire(message.to_wire(max_size=65_535)) if message is not None else None

    def answer(self, name: Name, kind: RdataType) -> Message:
        message = dns.message.make_response(dns.message.make_query(name, kind, want_dnssec=True))
        zone = self._zone_of(name, kind)
        node = zone.get_node(name)
        if node is None and (star := self._wildcard(zone, name)) is not None:
            self._put(message.answer, zone, name, kind, held_at=star)
            self._deny(message, zone, name)
        elif node is not None and node.get_rdataset(IN, kind):
            self._put(message.answer, zone, name, kind)
        elif node is not None and node.get_rdataset(IN, RdataType.CNAME):
            self._put(message.answer, zone, name, RdataType.CNAME)
        else:
            exists = node is not None or any(each.is_subdomain(name) for each in zone)
            message.set_rcode(dns.rcode.NOERROR if exists else dns.rcode.NXDOMAIN)
            assert zone.origin is not None
            self._put(message.authority, zone, zone.origin, RdataType.SOA)
            self._deny(message, zone, name)
            if not exists:
                self._deny(message, zone, Name((b"*", *zone.origin.labels)))
        return message

    def _zone_of(self, name: Name, kind: RdataType) -> Zone:
        above = [
            origin
            for origin in self.zones
            if name.is_subdomain(origin) and not (kind == RdataType.DS and origin == name)
        ]
        return self.zones[max(above, key=len)]

    def _wildcard(self, zone: Zone, name: Name) -> Name | None:
        star = Name((b"*", *name.labels[1:]))
        return star if zone.get_node(star) is not None else None

    def _put(self, section: list[RRset], zone: Zone, name: Name, kind: RdataType, held_at: Name | None = None) -> None:
        node = zone.get_node(held_at or name)
        assert node is not None
        for found in (node.get_rdataset(IN, kind), node.get_rdataset(IN, RdataType.RRSIG, kind)):
            if found:
                rrset = RRset(name, IN, found.rdtype, found.covers)
                rrset.update(found)  # type: ignore[no-untyped-call]
                section.append(rrset)

    def _deny(self, message: Message, zone: Zone, name: Name) -> None:
        owners = sorted(
            each for each in zone if (node := zone.get_node(each)) and node.get_rdataset(IN, RdataType.NSEC)
        )
        if owners:
            before = [each for each in owners if each <= name]
            self._put(message.authority, zone, before[-1] if before else owners[-1], RdataType.NSEC)


def grown(*, expired: str = "", wrong_ds: str = "") -> Tree:
    """`expired` is a zone whose signatures are of yesterday; `wrong_ds` one whose parent names another key."""
    tree = Tree()
    keys: dict[Name, Any] = {}
    for origin in sorted((*ZONES, *UNSIGNED), key=len, reverse=True):
        name = dns.name.from_text(origin)
        zone = dns.zone.from_text(SOA + (ZONES.get(origin) or UNSIGNED.get(origin, "")), origin=name, relativize=False)
        for child, key in keys.items():
            if child != name and child.parent() == name:
                _delegate(zone, child, key)
        if origin in ZONES:
            private = ec.generate_private_key(ec.SECP256R1())
            public = dns.dnssec.make_dnskey(private.public_key(), "ECDSAP256SHA256", flags=257)
            ended_s = NOW_S - DAY_S if origin == expired else NOW_S + DAY_S
            dns.dnssec.sign_zone(zone, keys=[(private, public)], inception=NOW_S - 9 * DAY_S, expiration=ended_s)
            other = dns.dnssec.make_dnskey(
                ec.generate_private_key(ec.SECP256R1()).public_key(), "ECDSAP256SHA256", flags=257
            )
            keys[name] = other if origin == wrong_ds else public
        tree.zones[name] = zone
    tree.anchor = dns.dnssec.make_ds(dns.name.root, keys[dns.name.root], "SHA256").to_text()
    return tree


def _delegate(zone: Zone, child: Name, key: Any) -> None:
    ds = dns.dnssec.make_ds(child, key, "SHA256")
    with zone.writer() as changes:
        changes.add(child, 60, dns.rdata.from_text(IN, RdataType.NS, "ns.example."))
        changes.add(child, 60, ds)
