"""Names and types between the text of model/dns.py and dnspython's objects; what cannot be asked is None, not an error.

A name is presentation text (RFC 1035 §5.1: `\\.` and `\\ddd` escape), with or without the final dot, and may hold U-labels.
"""

from __future__ import annotations

from functools import lru_cache

import dns.exception
import dns.name
import dns.rdatatype
from dns.name import Name
from dns.rdatatype import RdataType

from benchkit.model.dns import Answer, AnswerState

CODEC = dns.name.IDNA2008Codec(uts_46=True, allow_pure_ascii=True)


@lru_cache(maxsize=65_536)
def wire_name(text: str) -> Name | None:
    """The lower-case absolute name, or None where a label has more than 63 octets, the name more than 255, or it is no name."""
    try:
        return dns.name.from_text(text, idna_codec=CODEC).canonicalize()
    except (dns.exception.DNSException, UnicodeError, IndexError, ValueError):
        return None


@lru_cache(maxsize=65_536)
def text_name(name: Name) -> str:
    """Lower case, A-labels, without the final dot; the root is "."."""
    return name.canonicalize().to_text(omit_final_dot=True)


@lru_cache(maxsize=256)
def wire_type(text: str) -> RdataType | None:
    """A type that can be asked for; None for an unknown word and for the metatypes (ANY, AXFR, OPT, NXNAME)."""
    try:
        found = dns.rdatatype.from_text(text)
    except (dns.exception.DNSException, ValueError):
        return None
    return None if dns.rdatatype.is_metatype(found) or found == RdataType.NONE else found


def unaskable(name: str, type: str) -> Answer:  # noqa: A002
    """The answer to a question that no server can be asked."""
    return Answer(name, type, AnswerState.MALFORMED, ede=("not a DNS name or type: nothing was sent",), queries=0)
