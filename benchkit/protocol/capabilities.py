"""What a server offers in its reply to EHLO (RFC 5321 §4.1.1.1): keywords with their parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from benchkit.model.outcome import Outcome, OutcomeKind
from benchkit.protocol.reply_stream import Reply


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Keywords in upper case, each with its parameters in upper case. `size_limit` 0: none, or none is told (RFC 1870 §4)."""

    offered: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    size_limit: int = 0

    def __contains__(self, keyword: str) -> bool:
        """`PIPELINING`, or `AUTH PLAIN` for a keyword with one of its parameters."""
        name, _, parameter = keyword.partition(" ")
        return name in self.offered and (not parameter or parameter in self.offered[name])

    def missing(self, needed: Iterable[str]) -> str:
        """What is needed and not offered, in words; empty where nothing is missing."""
        return ", ".join(keyword for keyword in needed if keyword not in self)

    def refusal(self, needed: Iterable[str], size: int) -> Outcome | None:
        """Why there is no use in sending a message of this size that needs this; None where it can go."""
        if missing := self.missing(needed):
            return unoffered(missing)
        if 0 < self.size_limit < size:
            told = f"the message has {size:,} bytes, and the server's SIZE is {self.size_limit:,}"
            return Outcome(OutcomeKind.REJECTED, text=told)
        return None


def unoffered(missing: str) -> Outcome:
    """The outcome where the arm, or the message, needs what the server lacks: our own refusal, so it has no code."""
    return Outcome(OutcomeKind.REJECTED, text=f"the server does not offer {missing}")


@lru_cache(64)  # a new connection to the same server hears the same
def capabilities_of(reply: Reply) -> Capabilities:
    """The first line is the server's greeting; `AUTH=PLAIN` is how some servers still write `AUTH PLAIN`."""
    offered: dict[str, tuple[str, ...]] = {}
    for line in reply.lines[1:]:
        keyword, *parameters = line.upper().replace("AUTH=", "AUTH ", 1).split() or [""]
        if keyword:
            offered[keyword] = (*offered.get(keyword, ()), *parameters)
    (limit,) = offered.get("SIZE", ())[:1] or ("",)
    return Capabilities(offered, int(limit) if limit.isdecimal() and limit.isascii() and len(limit) <= 20 else 0)
