"""One question as bytes, and whether some bytes answer it.

Written by hand and not by dnspython's renderer, which takes twenty times as long: a header, a name, and always the same
OPT record (EDNS, RFC 6891) with DO, for signatures and compact denial are only shown to those who ask (RFC 4035 §3.2.1).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from struct import Struct, pack

from dns.name import Name
from dns.rdatatype import RdataType

from benchkit.resolver.names import text_name, wire_name, wire_type

HEADER = Struct("!HHHHHH")
RECURSE_AND_AD = 0x0120  # RD, and AD: "I understand the AD bit" (RFC 6840 §5.7)
CHECKING_DISABLED = 0x0010  # CD: "I validate myself" (RFC 4035 §3.2.2)
PAYLOAD = 1232  # no fragments on any path (DNS flag day 2020)
OPT = pack("!BHHIH", 0, RdataType.OPT, PAYLOAD, 0x8000, 0)
RESPONSE, OPCODE, TRUNCATED, RCODE = 0x8000, 0x7800, 0x0200, 0x000F
WITHOUT_EDNS = (1, 4)  # FORMERR and NOTIMP: a server from before RFC 6891
# Written as it is on the wire; its length is looked at first, for a long text must not take long.
PLAIN_NAME = re.compile(r"(?=.{1,253}\.?\Z)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?")


@dataclass(frozen=True, slots=True)
class Question:
    """A name and a type, ready to be sent; made by `question_of`."""

    text: str  # the name as an Answer has it
    type: RdataType
    section: bytes  # the question section: lower-case name, type, class
    edns: bool = True
    checking_disabled: bool = False

    @property
    def key(self) -> tuple[str, RdataType]:
        return self.text, self.type

    @property
    def name(self) -> Name:
        """The name as dnspython has it, made for what dnspython reads only."""
        name = wire_name(self.text)
        assert name is not None
        return name

    def wire(self, ident: int) -> bytes:
        flags = RECURSE_AND_AD | (CHECKING_DISABLED if self.checking_disabled else 0)
        header = HEADER.pack(ident, flags, 1, 0, 0, 1 if self.edns else 0)
        return header + self.section + (OPT if self.edns else b"")

    def is_answered_by(self, wire: bytes) -> bool:
        """Whether the bytes are a response that repeats this question; a bare error may leave the question out."""
        if len(wire) < HEADER.size:
            return False
        _, flags, questions, *_ = HEADER.unpack_from(wire)
        if not flags & RESPONSE or flags & OPCODE:
            return False
        return (not questions and bool(flags & RCODE)) or (questions == 1 and self.is_repeated_in(wire))

    def is_repeated_in(self, wire: bytes) -> bool:
        end, name_end = HEADER.size + len(self.section), HEADER.size + len(self.section) - 4
        return wire[HEADER.size : name_end].lower() + wire[name_end:end] == self.section


@lru_cache(maxsize=65_536)
def question_of(name: str, type: str) -> Question | None:  # noqa: A002
    """None for what is no name or no type that can be asked for."""
    kind = wire_type(type)
    if kind is None:
        return None
    if PLAIN_NAME.fullmatch(name):
        plain = name.lower().removesuffix(".")
        return Question(plain, kind, _encoded(plain) + pack("!HH", kind, 1))
    owner = wire_name(name)
    return None if owner is None else Question(text_name(owner), kind, owner.to_digestable() + pack("!HH", kind, 1))


def _encoded(plain: str) -> bytes:
    return "".join(f"{chr(len(label))}{label}" for label in plain.split(".")).encode("ascii") + b"\0"


def is_truncated(wire: bytes) -> bool:
    """TC: there is more, over TCP (RFC 2181 §9)."""
    return bool(HEADER.unpack_from(wire)[1] & TRUNCATED)


def is_empty(wire: bytes) -> bool:
    """No error, no record, and no SOA that would prove it (RFC 2308 §2.2)."""
    _, flags, _, answers, authority, _ = HEADER.unpack_from(wire)
    return not flags & RCODE and not answers and not authority


def dislikes_edns(wire: bytes) -> bool:
    """A header without any record behind it, from a server that did not understand the OPT record (RFC 6891 §7)."""
    return HEADER.unpack_from(wire)[1] & RCODE in WITHOUT_EDNS
