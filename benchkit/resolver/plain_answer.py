"""The most frequent answer that holds records, its frame read by hand: records of the asked name and type, perhaps a bare OPT.

dnspython still parses each record; its slowest part, the message of sections and record sets, is replaced here. Whatever has
more to tell
(aliases, signatures, authority, extended errors) is left to it, and tests hold that both read alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import dns.rdata
from dns.rdata import Rdata
from dns.rdataclass import IN
from dns.rdatatype import RdataType, is_singleton

from benchkit.resolver.denial import AUTHENTICATED, is_bare_opt, record_at
from benchkit.resolver.question import HEADER, RCODE, Question

OWNER = b"\xc0\x0c"  # a pointer to the question's name
SIGNATURES = (RdataType.RRSIG, RdataType.SIG)  # they form sets by what they cover


@dataclass(frozen=True, slots=True)
class PlainAnswer:
    records: tuple[Rdata, ...]
    authenticated: bool
    ttl_s: int  # the smallest of the records


def plain_answer(wire: bytes, question: Question) -> PlainAnswer | None:
    """The records; None for every other response. Raises what dnspython raises where a record cannot be read."""
    if len(wire) < HEADER.size:
        return None
    _, flags, questions, answers, authority, additional = HEADER.unpack_from(wire)
    if questions != 1 or not answers or authority or additional > 1 or flags & RCODE or question.type in SIGNATURES:
        return None
    if not question.is_repeated_in(wire):
        return None
    place, ttls_s = HEADER.size + len(question.section), []
    records: dict[Rdata, None] = {}
    for _ in range(answers):
        found = record_at(wire, place)
        if found is None or wire[place : place + 2] != OWNER or found[:2] != (question.type, IN):
            return None
        _, _, ttl_s, length, place = found
        ttls_s.append(0 if ttl_s >> 31 else ttl_s)  # RFC 2181 §8
        records[dns.rdata.from_wire(IN, question.type, wire, place - length, length)] = None
    if (additional and not is_bare_opt(wire, place)) or (answers > 1 and is_singleton(question.type)):
        return None
    return PlainAnswer(tuple(records), bool(flags & AUTHENTICATED), min(ttls_s))
