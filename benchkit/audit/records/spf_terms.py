"""The terms of an SPF record as values: directives and modifiers (RFC 7208 §4.6.1)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network

from benchkit.audit.records.macros import MacroString
from benchkit.audit.records.text import Span


class MechanismKind(StrEnum):
    """RFC 7208 §5."""

    ALL = "all"
    INCLUDE = "include"
    A = "a"
    MX = "mx"
    PTR = "ptr"
    IP4 = "ip4"
    IP6 = "ip6"
    EXISTS = "exists"


class Qualifier(StrEnum):
    """RFC 7208 §4.6.2."""

    PASS = "+"
    FAIL = "-"
    SOFTFAIL = "~"
    NEUTRAL = "?"


_LOOKING_UP = frozenset(set(MechanismKind) - {MechanismKind.ALL, MechanismKind.IP4, MechanismKind.IP6})


@dataclass(frozen=True, slots=True)
class SpfMechanism:
    """`text` is the term as written; `domain` is None where the term names none; `network` belongs to ip4 and ip6."""

    kind: MechanismKind
    qualifier: Qualifier
    text: str
    span: Span
    domain: MacroString | None = None
    network: IPv4Network | IPv6Network | None = None
    prefix4: int = 32
    prefix6: int = 128

    @property
    def looks_up(self) -> bool:
        """Whether it counts among the ten terms that ask the DNS (§4.6.4)."""
        return self.kind in _LOOKING_UP


@dataclass(frozen=True, slots=True)
class Modifier:
    """`name` in lower case; unknown ones are kept, since they are legal (§6)."""

    name: str
    text: str
    span: Span
    value: MacroString

    @property
    def looks_up(self) -> bool:
        """`exp` asks too, but after the result, and is not counted (§4.6.4)."""
        return self.name == "redirect"


Term = SpfMechanism | Modifier
