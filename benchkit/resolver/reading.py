"""A response's bytes as an `Answer`: states, the CNAME chain, extended errors, denial. Pure; hostile bytes are MALFORMED."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import dns.flags
import dns.message
import dns.rcode
from dns.edns import EDEOption
from dns.message import Message
from dns.name import Name
from dns.rcode import Rcode
from dns.rdataclass import IN
from dns.rdatatype import RdataType
from dns.rrset import RRset

from benchkit.model.dns import ALIAS_LOOP, Answer, AnswerState
from benchkit.resolver.denial import Denial, plain_denial
from benchkit.resolver.names import text_name
from benchkit.resolver.plain_answer import PlainAnswer, plain_answer
from benchkit.resolver.question import HEADER, Question, is_truncated
from benchkit.resolver.records import records_of

CHAIN_LIMIT = 16
TTL_LIMIT_S = 7 * 24 * 3600  # RFC 8767 §4
FAILURE_TTL_S = 5  # a failure is remembered too, so that a broken zone is not asked a hundred times (RFC 9520 §3.2)
STATE_OF = {
    Rcode.NOERROR: AnswerState.OK,
    Rcode.NXDOMAIN: AnswerState.NXDOMAIN,
    Rcode.REFUSED: AnswerState.REFUSED,
    Rcode.NOTAUTH: AnswerState.REFUSED,
}  # and SERVFAIL for every other: the server could not


@dataclass(frozen=True, slots=True)
class Reading:
    """What one response says: the answer so far, how long it holds, and the name to go on with, if the chain leaves it."""

    answer: Answer
    ttl_s: int = FAILURE_TTL_S
    next_name: Name | None = None


def read(wire: bytes, question: Question, resolver: str = "", rtt_ms: float = 0.0, queries: int = 1) -> Reading:
    """The reading of a response, from the server of that name, and what it has cost until now; never raises."""
    plain = partial(Answer, question.text, question.type.name, resolver=resolver, rtt_ms=rtt_ms, queries=queries)
    if len(wire) >= HEADER.size and is_truncated(wire):
        return Reading(plain(AnswerState.MALFORMED, ede=("truncated, and the whole answer did not come by TCP",)))
    if (denial := plain_denial(wire, question)) is not None:
        return _plainly_denied(denial, plain)
    try:
        if (found := plain_answer(wire, question)) is not None:
            return _plainly_found(found, plain)
        return _read(dns.message.from_wire(wire, ignore_trailing=True), question, plain(AnswerState.MALFORMED))
    except Exception as error:  # dnspython's reader meets bytes of strangers: whatever it trips over is their defect
        return Reading(plain(AnswerState.MALFORMED, ede=(f"unreadable: {type(error).__name__}",)))


def _plainly_denied(denial: Denial, plain: Callable[..., Answer]) -> Reading:
    missing = denial.rcode == Rcode.NXDOMAIN
    state, rcode = (AnswerState.NXDOMAIN, "NXDOMAIN") if missing else (AnswerState.NODATA, "NOERROR")
    return Reading(plain(state, rcode=rcode, ad=denial.authenticated), min(_bounded(denial.ttl_s), denial.minimum_s))


def _plainly_found(found: PlainAnswer, plain: Callable[..., Answer]) -> Reading:
    records = records_of(found.records, found.ttl_s)
    return Reading(plain(AnswerState.OK, records, rcode="NOERROR", ad=found.authenticated), _bounded(found.ttl_s))


def _read(message: Message, question: Question, asked: Answer) -> Reading:
    answer = replace(
        asked,
        state=STATE_OF.get(message.rcode(), AnswerState.SERVFAIL),
        rcode=dns.rcode.to_text(message.rcode()),
        ad=bool(message.flags & dns.flags.AD),
        ede=tuple(_extended_errors(message)),
    )
    if message.rcode() not in (Rcode.NOERROR, Rcode.NXDOMAIN):
        return Reading(answer)
    aliases, loops = _follow(message, question)
    answer = replace(answer, cnames=tuple(text_name(_target(alias)) for alias in aliases))
    if loops:
        return Reading(replace(answer, state=AnswerState.MALFORMED, ede=(*answer.ede, ALIAS_LOOP)))
    end = _target(aliases[-1]) if aliases else question.name
    if records := _rrset(message, end, question.type):
        return _found(message, records, aliases, answer)
    return _denied(message, question, end, aliases, answer)


def _target(alias: RRset) -> Name:
    target: Name = alias[0].target.canonicalize()
    return target


def _follow(message: Message, question: Question) -> tuple[list[RRset], bool]:
    """The CNAME sets from the asked name onward, as far as this response has them, and whether they come back or never end."""
    aliases: list[RRset] = []
    name, seen = question.name, {question.name}
    while question.type != RdataType.CNAME and (alias := _rrset(message, name, RdataType.CNAME)):
        name = _target(alias)
        if name in seen or len(aliases) >= CHAIN_LIMIT:
            return aliases, True
        aliases.append(alias)
        seen.add(name)
    return aliases, False


def _rrset(message: Message, name: Name, kind: RdataType) -> RRset | None:
    return message.get_rrset(message.answer, name, IN, kind)


def _found(message: Message, records: RRset, aliases: list[RRset], answer: Answer) -> Reading:
    answer = replace(
        answer,
        state=AnswerState.OK,
        records=records_of(records, records.ttl),
        wildcard=any(_is_from_wildcard(message, rrset) for rrset in (*aliases, records)),
    )
    return Reading(answer, min(_ttl(rrset) for rrset in (*aliases, records)))


def _denied(message: Message, question: Question, end: Name, aliases: list[RRset], answer: Answer) -> Reading:
    soa = next((rrset for rrset in message.authority if rrset.rdtype == RdataType.SOA), None)
    ttl_s = min((_ttl(rrset) for rrset in aliases), default=TTL_LIMIT_S)
    ttl_s = min(ttl_s, _ttl(soa), soa[0].minimum) if soa else FAILURE_TTL_S  # RFC 2308 §5
    if _is_compact_denial(message, end):
        return Reading(replace(answer, state=AnswerState.NXDOMAIN, compact_denial=True), ttl_s)
    if answer.state is AnswerState.NXDOMAIN:
        return Reading(answer, ttl_s)
    if aliases and not (soa and end.is_subdomain(soa.name)):
        return Reading(replace(answer, state=AnswerState.NODATA), ttl_s, next_name=end)
    if servers := _referral(message, soa):
        why = f"referred to {servers}: this server does not look further for us"
        return Reading(replace(answer, state=AnswerState.REFUSED, ede=(*answer.ede, why)))
    return Reading(replace(answer, state=AnswerState.NODATA), ttl_s)


def _referral(message: Message, soa: RRset | None) -> str:
    """The servers that an authoritative server points to for a zone that is not its own (RFC 2308 §2.2, type 3)."""
    if soa or message.flags & dns.flags.AA:
        return ""
    return " ".join(text_name(ns.target) for rrset in message.authority if rrset.rdtype == RdataType.NS for ns in rrset)


def _is_compact_denial(message: Message, name: Name) -> bool:
    """An NSEC at the very name whose types hold NXNAME (RFC 9824 §3.1)."""
    nsec = message.get_rrset(message.authority, name, IN, RdataType.NSEC)
    window, bit = divmod(RdataType.NXNAME, 256)
    return nsec is not None and any(
        number == window and len(bits) > bit // 8 and bits[bit // 8] & (0x80 >> bit % 8)
        for number, bits in nsec[0].windows
    )


def _is_from_wildcard(message: Message, records: RRset) -> bool:
    """The signature covers fewer labels than the owner has (RFC 4035 §5.3.4)."""
    signature = message.get_rrset(message.answer, records.name, IN, RdataType.RRSIG, records.rdtype)
    return signature is not None and signature[0].labels < len(records.name) - 1 - records.name.is_wild()


def _ttl(rrset: RRset) -> int:
    return _bounded(rrset.ttl)


def _bounded(ttl_s: int) -> int:
    return min(ttl_s, TTL_LIMIT_S) if ttl_s < 2**31 else 0  # RFC 2181 §8


def _extended_errors(message: Message) -> Iterator[str]:
    """ "22 No Reachable Authority: at delegation x" (RFC 8914); dnspython escapes what a terminal must not see."""
    for option in message.options:
        if isinstance(option, EDEOption):
            yield re.sub(r"^EDE (\d+) \(([^)]*)\)", r"\1 \2", option.to_text()).removeprefix("EDE ")
