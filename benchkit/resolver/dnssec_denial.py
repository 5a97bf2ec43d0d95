"""Proof that something is not there: NSEC (RFC 4035 §5.4) and NSEC3 (RFC 5155 §8) in the authority section of a response."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from enum import StrEnum

import dns.dnssec
import dns.exception
from dns.message import Message
from dns.name import Name
from dns.rdata import Rdata
from dns.rdataclass import IN
from dns.rdatatype import RdataType
from dns.rrset import RRset

from benchkit.resolver.dnssec_keys import Bogus, verified

OPT_OUT = 1
MOST_ITERATIONS = 150  # more count as insecure with all validators (RFC 9276 §3.2), and cost too much


class DelegationProof(StrEnum):
    """What a response without a DS record proves about a name."""

    NO_CUT = "no cut"  # the name is not delegated: the zone above holds it, or it does not exist
    INSECURE = "insecure"  # it is delegated, or may be (opt-out), and has no DS record
    NOT_PROVED = "not proved"


class Denied(StrEnum):
    NAME = "name"
    TYPE = "type"
    NOT_PROVED = "not proved"


def ds_denial(message: Message, name: Name, zone: Name, keys: RRset, now_s: float) -> DelegationProof:
    proofs = list(_proofs(message, zone, keys, now_s))
    own = _matching(proofs, name, zone)
    if own is not None and not _has(own, RdataType.DS) and not _has(own, RdataType.SOA):
        return DelegationProof.INSECURE if _has(own, RdataType.NS) else DelegationProof.NO_CUT
    encloser = _closest_encloser(proofs, name, zone)
    closer = name.split(len(encloser) + 1)[1] if encloser is not None else name
    covering = next((record for owner, record in proofs if _covers(owner, record, closer, zone)), None)
    if own is not None or covering is None:
        return DelegationProof.NOT_PROVED
    opt_out = covering.rdtype == RdataType.NSEC3 and covering.flags & OPT_OUT  # type: ignore[attr-defined]
    return DelegationProof.INSECURE if opt_out else DelegationProof.NO_CUT


def denies_type(message: Message, name: Name, kind: RdataType, zone: Name, keys: RRset, now_s: float) -> Denied:
    """That the name has no such record, that it does not exist, or that only a wildcard without such a record fits it."""
    proofs = list(_proofs(message, zone, keys, now_s))
    if (own := _matching(proofs, name, zone)) is not None:
        return Denied.NOT_PROVED if _has(own, kind) or _has(own, RdataType.CNAME) else Denied.TYPE
    if any(record.rdtype == RdataType.NSEC and record.next.is_subdomain(name) for _, record in proofs):  # type: ignore[attr-defined]
        return Denied.TYPE if _is_covered(proofs, name, zone) else Denied.NOT_PROVED  # nothing but names below it
    encloser = _closest_encloser(proofs, name, zone)
    if encloser is None or not _is_covered(proofs, name.split(len(encloser) + 1)[1], zone):
        return Denied.NOT_PROVED
    star = Name((b"*", *encloser.labels))
    if (wildcard := _matching(proofs, star, zone)) is not None:
        return Denied.NOT_PROVED if _has(wildcard, kind) or _has(wildcard, RdataType.CNAME) else Denied.TYPE
    return Denied.NAME if _is_covered(proofs, star, zone) else Denied.NOT_PROVED


def allows_wildcard(message: Message, name: Name, labels: int, zone: Name, keys: RRset, now_s: float) -> bool:
    """That no name closer than the wildcard's own exists (RFC 4035 §5.3.4): the signature covers so many labels."""
    return _is_covered(list(_proofs(message, zone, keys, now_s)), name.split(labels + 2)[1], zone)


Proof = tuple[Name, Rdata]


def _matching(proofs: list[Proof], name: Name, zone: Name) -> Rdata | None:
    return next((record for owner, record in proofs if _matches(owner, record, name)), None)


def _is_covered(proofs: list[Proof], name: Name, zone: Name) -> bool:
    return any(_covers(owner, record, name, zone) for owner, record in proofs)


def _closest_encloser(proofs: list[Proof], name: Name, zone: Name) -> Name | None:
    """The longest name above it that is proved to exist: by its own record, or by a name below it that NSEC shows."""
    for depth in range(len(name) - 1, len(zone) - 1, -1):
        above = name.split(depth)[1]
        if _matching(proofs, above, zone) is not None:
            return above
        shown = (each for owner, record in proofs if record.rdtype == RdataType.NSEC for each in (owner, record.next))  # type: ignore[attr-defined]
        if any(each.is_subdomain(above) for each in shown):
            return above
    return None


def _proofs(message: Message, zone: Name, keys: RRset, now_s: float) -> Iterator[tuple[Name, Rdata]]:
    """The NSEC and NSEC3 records whose signatures hold."""
    for rrset in message.authority:
        if rrset.rdtype in (RdataType.NSEC, RdataType.NSEC3) and rrset.rdclass == IN and rrset.name.is_subdomain(zone):
            try:
                verified(message, rrset, zone, keys, now_s)
            except Bogus:
                continue
            for record in rrset:
                yield rrset.name, record


def _matches(owner: Name, record: Rdata, name: Name) -> bool:
    if record.rdtype == RdataType.NSEC:
        return bool(owner == name)
    return _hash_of(owner) == _hashed(record, name)


def _covers(owner: Name, record: Rdata, name: Name, zone: Name) -> bool:
    """Whether the name would be between this one and the next in the order of the zone."""
    if record.rdtype == RdataType.NSEC:
        following: Name = record.next  # type: ignore[attr-defined]
        last = not owner < following
        return bool(owner < name and (last or name < following) and name.is_subdomain(zone))
    return _covers_hash(owner, record, name)


def _covers_hash(owner: Name, record: Rdata, name: Name) -> bool:
    begin, end, wanted = _hash_of(owner), _next_hash(record), _hashed(record, name)
    if not wanted:
        return False
    return begin < wanted < end if begin < end else wanted > begin or wanted < end


def _next_hash(record: Rdata) -> str:
    return base64.b32hexencode(record.next).decode("ascii").rstrip("=")  # type: ignore[attr-defined]


def _hash_of(owner: Name) -> str:
    return owner.labels[0].decode("ascii", "replace").upper()


def _hashed(record: Rdata, name: Name) -> str:
    """ "" for parameters that are not followed."""
    if record.iterations > MOST_ITERATIONS:  # type: ignore[attr-defined]
        return ""
    try:
        return dns.dnssec.nsec3_hash(name, record.salt, record.iterations, record.algorithm)  # type: ignore[attr-defined]
    except (dns.exception.DNSException, ValueError):
        return ""


def _has(record: Rdata, kind: RdataType) -> bool:
    window, bit = divmod(kind, 256)
    return any(
        number == window and len(bits) > bit // 8 and bool(bits[bit // 8] & (0x80 >> bit % 8))
        for number, bits in record.windows  # type: ignore[attr-defined]
    )
