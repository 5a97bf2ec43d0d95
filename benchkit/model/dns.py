"""DNS answers as values. The states that a mail audit must never mix up stay distinct: a timeout is not a missing record.

Names are absolute, lower case, without the final dot, in A-label form. One `Ask` is the only way to the DNS for all code above
resolver/: live, from a zone file, or from a recording.
"""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

ALIAS_LOOP = "CNAME loop"  # in `Answer.ede`


class AnswerState(StrEnum):
    """What came back. Only the first three say anything about what the zone holds."""

    OK = "ok"
    NODATA = "nodata"  # the name exists, without records of this type (RFC 2308 §2.2)
    NXDOMAIN = (
        "nxdomain"  # the name does not exist, nor anything below it (RFC 8020); also a denial by NXNAME (RFC 9824)
    )
    SERVFAIL = "servfail"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    MALFORMED = "malformed"  # an answer that cannot be read, or a CNAME loop

    @property
    def known(self) -> bool:
        """Whether the zone has answered."""
        return self in (AnswerState.OK, AnswerState.NODATA, AnswerState.NXDOMAIN)


@dataclass(frozen=True, slots=True)
class Record:
    """One record in presentation format, and its parts where the type has them."""

    type: str
    text: str
    strings: tuple[bytes, ...] = ()  # TXT: the character-strings as they are on the wire
    target: str = ""  # MX, CNAME, NS, PTR, SRV
    preference: int = 0  # MX, SRV
    ttl: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question. `records` are those of the asked type at the end of the CNAME chain."""

    name: str
    type: str
    state: AnswerState
    records: tuple[Record, ...] = ()
    cnames: tuple[str, ...] = ()  # the targets followed, in order
    rcode: str = ""
    resolver: str = ""  # which server, or file, has answered
    rtt_ms: float = 0.0
    ad: bool = False  # authenticated data (RFC 4035 §3.2.3)
    ede: tuple[str, ...] = ()  # extended errors, "22 No Reachable Authority" (RFC 8914)
    compact_denial: bool = False  # NOERROR with NXNAME (RFC 9824): the name does not exist
    wildcard: bool = False  # synthesised from a wildcard, where the server shows it
    queries: int = 1  # sent to get it: 0 from a cache, a zone file or a recording


def is_alias_loop(answer: Answer) -> bool:
    """Whether it did not come because the name is an alias that leads back to itself: asking again brings nothing."""
    return answer.state is AnswerState.MALFORMED and ALIAS_LOOP in answer.ede


class Ask(Protocol):
    """The one question. It never raises for what the DNS says or does not say."""

    def __call__(self, name: str, type: str) -> Awaitable[Answer]: ...  # noqa: A002 (the field's word)
