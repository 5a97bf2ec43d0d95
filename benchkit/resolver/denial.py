"""The most frequent response of an audit, read by hand: no such record, a SOA record, perhaps a bare OPT, and nothing else.

Selectors that are tried and are not there make most of an audit's answers. dnspython's reader takes ten times as long for
each; whatever has more to tell (signatures, extended errors, aliases) is left to it, and tests hold that both read alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct

from dns.rdatatype import RdataType

from benchkit.resolver.question import HEADER, RCODE, Question

RECORD = Struct("!HHIH")  # type, class, TTL, length of the data
NOERROR, NXDOMAIN = 0, 3
AUTHENTICATED = 0x0020  # AD
POINTER = 0xC0
SHORTEST_SOA = 22  # two root names and five numbers
MINIMUM_OCTETS = 4


@dataclass(frozen=True, slots=True)
class Denial:
    rcode: int
    authenticated: bool
    ttl_s: int
    minimum_s: int


def plain_denial(wire: bytes, question: Question) -> Denial | None:
    """The denial; None for every other response, also for a denial with more in it."""
    if len(wire) < HEADER.size:
        return None
    _, flags, questions, answers, authority, additional = HEADER.unpack_from(wire)
    if (questions, answers, authority) != (1, 0, 1) or additional > 1 or flags & RCODE not in (NOERROR, NXDOMAIN):
        return None
    soa = record_at(wire, HEADER.size + len(question.section))
    if soa is None or soa[0] != RdataType.SOA or soa[3] < SHORTEST_SOA:
        return None
    _, _, ttl_s, _, end = soa
    if additional and not is_bare_opt(wire, end):
        return None
    minimum_s = int.from_bytes(wire[end - MINIMUM_OCTETS : end], "big")
    return Denial(flags & RCODE, bool(flags & AUTHENTICATED), ttl_s, minimum_s)


def is_bare_opt(wire: bytes, begin: int) -> bool:
    """Without options, and without the upper bits of a longer rcode (RFC 6891 §6.1.3)."""
    found = record_at(wire, begin)
    return found is not None and found[0] == RdataType.OPT and not found[3] and not found[2] >> 24


def record_at(wire: bytes, begin: int) -> tuple[int, int, int, int, int] | None:
    """Type, class, TTL and length of the record that begins there, and where it ends."""
    place = begin
    while place < len(wire) and 0 < wire[place] < POINTER:
        place += 1 + wire[place]
    place += 2 if place < len(wire) and wire[place] >= POINTER else 1
    if place + RECORD.size > len(wire):
        return None
    kind, kin, ttl_s, length = RECORD.unpack_from(wire, place)
    end = place + RECORD.size + length
    return (kind, kin, ttl_s, length, end) if end <= len(wire) else None
