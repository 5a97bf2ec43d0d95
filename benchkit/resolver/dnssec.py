"""DNSSEC validated here, from the root's keys down (RFC 4035 §5), over messages that any resolver hands on. No sockets.

A zone's keys are trusted by the DS records of its parent. That a DS record is missing must be proved (RFC 4035 §5.2, RFC 5155
§8.9); then everything below is insecure, which is no error. What has no proof is bogus.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import dns.dnssec
import dns.name
import dns.rdata
from dns.message import Message
from dns.name import Name
from dns.rcode import Rcode
from dns.rdataclass import IN
from dns.rdatatype import RdataType
from dns.rrset import RRset

from benchkit.resolver.dnssec_denial import DelegationProof, Denied, allows_wildcard, denies_type, ds_denial
from benchkit.resolver.dnssec_keys import Bogus, matching_keys, verified

Fetch = Callable[[Name, RdataType], Awaitable[Message | None]]  # None: no usable response came
ROOT_ANCHORS = (
    "20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
    "38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16",
)  # of 2017 and of 2024; compared with IANA's root-anchors.xml as it is in TechnitiumSoftware/DnsServer
LONGEST_CHAIN = 8  # of CNAME records


class ValidationState(StrEnum):
    """RFC 4035 §4.3, with what could not be asked as `indeterminate`."""

    SECURE = "secure"
    INSECURE = "insecure"
    BOGUS = "bogus"
    INDETERMINATE = "indeterminate"


@dataclass(frozen=True, slots=True)
class Validated:
    """`records` is None where the validated answer is that there are none; `exists` tells NODATA from NXDOMAIN."""

    security: ValidationState
    reason: str = ""
    records: RRset | None = None
    cnames: tuple[Name, ...] = ()
    exists: bool = True


@dataclass(frozen=True, slots=True)
class Zone:
    """`keys` None: an insecure zone; everything below it is insecure too."""

    name: Name
    keys: RRset | None
    reason: str = ""


class NoAnswer(Exception):
    """A question that validation needs was not answered."""


class Validator:
    """`now_s` is what signatures' dates are held against; `anchors` are DS records by zone, in presentation format."""

    def __init__(self, fetch: Fetch, *, now_s: float, anchors: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self._fetch, self._now_s = fetch, now_s
        found = anchors if anchors is not None else {".": ROOT_ANCHORS}
        self._anchors = {
            dns.name.from_text(zone): _ds(dns.name.from_text(zone), texts) for zone, texts in found.items()
        }
        self._zones: dict[Name, Zone] = {}

    async def validate(self, name: Name, kind: RdataType) -> Validated:
        """Never raises for what the DNS says."""
        try:
            return await self._validate(name, kind, ())
        except Bogus as error:
            return Validated(ValidationState.BOGUS, str(error))
        except NoAnswer as error:
            return Validated(ValidationState.INDETERMINATE, str(error))

    async def _validate(self, name: Name, kind: RdataType, cnames: tuple[Name, ...]) -> Validated:
        zone = await self._zone_of(name)
        message = await self._query(name, kind)
        found, alias = _rrset(message, name, kind), _rrset(message, name, RdataType.CNAME)
        if zone.keys is not None and (signed := found or alias) is not None:
            self._verify(message, signed, zone)
        if found is None and alias is not None and kind != RdataType.CNAME:
            return await self._onward(alias[0].target, kind, cnames, zone)
        if zone.keys is None:
            return Validated(ValidationState.INSECURE, zone.reason, found, cnames, message.rcode() != Rcode.NXDOMAIN)
        if found is not None:
            return Validated(ValidationState.SECURE, "", found, cnames)
        denied = denies_type(message, name, kind, zone.name, zone.keys, self._now_s)
        if denied is Denied.NOT_PROVED:
            raise Bogus(f"nothing proves that there is no {kind.name} at {name.to_text(True)}")
        return Validated(ValidationState.SECURE, "", None, cnames, denied is Denied.TYPE)

    async def _onward(self, target: Name, kind: RdataType, cnames: tuple[Name, ...], zone: Zone) -> Validated:
        """The end of the chain; insecure if any part of it is."""
        if len(cnames) >= LONGEST_CHAIN:
            raise Bogus("the chain of CNAME records does not end")
        end = await self._validate(target, kind, (*cnames, target))
        insecure = zone.keys is None and end.security is ValidationState.SECURE
        return replace(end, security=ValidationState.INSECURE, reason=zone.reason) if insecure else end

    def _verify(self, message: Message, found: RRset, zone: Zone) -> None:
        """A set that a wildcard made needs proof that the name itself does not exist (RFC 4035 §5.3.4)."""
        assert zone.keys is not None
        labels = verified(message, found, zone.name, zone.keys, self._now_s)
        from_wildcard = labels < len(found.name) - 1 - found.name.is_wild()
        if from_wildcard and not allows_wildcard(message, found.name, labels, zone.name, zone.keys, self._now_s):
            raise Bogus(f"a wildcard answers for {found.name.to_text(True)}, and nothing proves that it may")

    async def _zone_of(self, name: Name) -> Zone:
        """The zone that holds the name: from the anchor down, a step for each label (RFC 4035 §5.2)."""
        zone = await self._anchored(name)
        for depth in range(len(zone.name) + 1, len(name) + 1):
            if zone.keys is None:
                break
            child = name.split(depth)[1]
            if child not in self._zones:
                self._zones[child] = await self._below(zone, child)
            zone = self._zones[child]
        return zone

    async def _anchored(self, name: Name) -> Zone:
        anchor = max((zone for zone in self._anchors if name.is_subdomain(zone)), key=len, default=None)
        if anchor is None:
            return Zone(dns.name.root, None, "no trust anchor above it")
        if anchor not in self._zones:
            self._zones[anchor] = Zone(anchor, await self._keys(anchor, self._anchors[anchor]))
        return self._zones[anchor]

    async def _below(self, zone: Zone, child: Name) -> Zone:
        """The zone that the child's name is in: its own if it is delegated, else the zone above."""
        assert zone.keys is not None
        message = await self._query(child, RdataType.DS)
        if (ds := _rrset(message, child, RdataType.DS)) is not None:
            verified(message, ds, zone.name, zone.keys, self._now_s)
            keys = await self._keys(child, ds)
            return Zone(child, keys, "" if keys else f"{child.to_text(True)} is signed with what is not known here")
        if _rrset(message, child, RdataType.CNAME) is not None:
            return zone
        proof = ds_denial(message, child, zone.name, zone.keys, self._now_s)
        if proof is DelegationProof.NOT_PROVED:
            raise Bogus(f"nothing proves that {child.to_text(True)} has no DS record")
        if proof is DelegationProof.INSECURE:
            return Zone(child, None, f"{child.to_text(True)} has no DS record in {zone.name.to_text()}")
        return zone

    async def _keys(self, zone: Name, ds: RRset) -> RRset | None:
        """The zone's keys, if one that a DS record names signs them; None where no algorithm of them is known."""
        message = await self._query(zone, RdataType.DNSKEY)
        keys = _rrset(message, zone, RdataType.DNSKEY)
        if keys is None:
            raise Bogus(f"{zone.to_text(True)} has a DS record and no DNSKEY")
        chosen = matching_keys(zone, keys, ds)
        if chosen is None:
            return None
        verified(message, keys, zone, chosen, self._now_s)
        return keys

    async def _query(self, name: Name, kind: RdataType) -> Message:
        message = await self._fetch(name, kind)
        if message is None or message.rcode() not in (Rcode.NOERROR, Rcode.NXDOMAIN):
            why = f" ({Rcode(message.rcode()).name})" if message is not None else ""
            raise NoAnswer(f"{name.to_text(True)} {kind.name} was not answered{why}")
        return message


def _rrset(message: Message, name: Name, kind: RdataType) -> RRset | None:
    return message.get_rrset(message.answer, name, IN, kind)


def _ds(zone: Name, texts: tuple[str, ...]) -> RRset:
    found = RRset(zone, IN, RdataType.DS)
    for text in texts:
        found.add(dns.rdata.from_text(IN, RdataType.DS, text))
    return found
