"""Seeded SPF zones of a few domains, with every kind of term, fault and answer in them; and who sends."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DOMAINS = ("d.example", "e.example", "f.example", "g.example", "h.example")
HOSTS = (*DOMAINS, "mail.example", "gone.example", "empty.example", "slow.example", "alias.example")
SENDERS = ("192.0.2.1", "192.0.2.77", "198.51.100.9", "2001:db8::1", "2001:db8::77", "::ffff:192.0.2.1")
MAILBOXES = ("anna@d.example", "bo-b+x@d.example", "@d.example", "")
POINTERS = "1.2.0.192.in-addr.arpa"  # where the first sender's PTR records are
QUALIFIERS = ("", "", "", "", "+", "-", "~", "?")
Draw = random.Random
Zone = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One zone and one message; `zone` in the short form of conftest.Zone."""

    seed: int
    zone: Zone
    ip: str
    mail_from: str
    helo: str = "d.example"

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(text for held in self.zone.values() for text in held.get("TXT", ()) if held["TXT"] != "TIMEOUT")


def drawn(seed: int) -> Drawn:
    draw = Draw(seed)
    zone: dict[str, dict[str, Any]] = {domain: _held(draw, spf=True) for domain in DOMAINS}
    zone |= {"mail.example": _held(draw, spf=False), "empty.example": {}, "alias.example": {"CNAME": ["mail.example"]}}
    zone["slow.example"] = dict.fromkeys(("TXT", "A", "AAAA", "MX"), "TIMEOUT")
    zone[POINTERS] = {"PTR": draw.sample(HOSTS, draw.randrange(4)) * draw.choice((1, 1, 4))}
    return Drawn(seed, zone, draw.choice(SENDERS), draw.choice(MAILBOXES))


def _held(draw: Draw, *, spf: bool) -> dict[str, Any]:
    held: dict[str, Any] = {
        "A": [_ip4(draw) for _ in range(draw.randrange(3))],
        "AAAA": [_ip6(draw) for _ in range(draw.randrange(2))],
        "MX": [f"{draw.randrange(30)} {draw.choice(HOSTS)}" for _ in range(draw.choice((0, 1, 2, 2, 3, 11)))],
    }
    if spf and draw.random() < 0.95:
        held["TXT"] = [_record(draw) for _ in range(draw.choices((1, 2), (40, 1))[0])] + ["unrelated"] * draw.randrange(
            2
        )
    return held


def _record(draw: Draw) -> str:
    terms = [_term(draw) for _ in range(draw.choice((0, 1, 2, 3, 4, 5, 12)))]
    terms += [draw.choice(("-all", "~all", "?all", "all"))] * draw.choice((0, 1, 1))
    terms += [_modifier(draw)] * (draw.random() < 0.3)
    if draw.random() < 0.04:
        terms.insert(draw.randrange(len(terms) + 1), draw.choice(FAULTS))
    head = draw.choices(("v=spf1", "V=SPF1", "v=spf10", "v=spf1;"), (60, 3, 1, 1))[0]
    return " ".join((head, *terms)) + draw.choice(("", "", "", " "))


def _term(draw: Draw) -> str:
    return draw.choice(QUALIFIERS) + _chosen(draw, TERMS)(draw)


def _modifier(draw: Draw) -> str:
    return _chosen(draw, MODIFIERS)(draw)


def _chosen(draw: Draw, table: Sequence[tuple[int, Callable[[Draw], str]]]) -> Callable[[Draw], str]:
    return draw.choices([make for _, make in table], [weight for weight, _ in table])[0]


def _ip4(draw: Draw) -> str:
    return f"192.0.2.{draw.choice((1, 2, 77, 200))}"


def _ip6(draw: Draw) -> str:
    return f"2001:db8::{draw.choice((1, 2, 77)):x}"


def _host(draw: Draw) -> str:
    return draw.choice((*HOSTS, *DOMAINS, draw.choice(MACROS), "D.Example."))


def _cidr(draw: Draw) -> str:
    return draw.choice(("", "", "", "/24", "/24//64", "//120", "/0", "/32//128"))


TERMS: tuple[tuple[int, Callable[[Draw], str]], ...] = (
    (4, lambda draw: f"ip4:{_ip4(draw)}{draw.choice(('', '', '/24', '/30', '/0'))}"),
    (3, lambda draw: f"ip6:{_ip6(draw)}{draw.choice(('', '', '/64', '/127'))}"),
    (2, lambda draw: f"a{_cidr(draw)}"),
    (3, lambda draw: f"A:{_host(draw)}{_cidr(draw)}"),
    (2, lambda draw: f"mx{_cidr(draw)}"),
    (2, lambda draw: f"mx:{_host(draw)}{_cidr(draw)}"),
    (4, lambda draw: f"include:{_host(draw)}"),
    (2, lambda draw: f"exists:{_host(draw)}"),
    (1, lambda draw: draw.choice(("ptr", f"ptr:{draw.choice(HOSTS)}"))),
)
MODIFIERS: tuple[tuple[int, Callable[[Draw], str]], ...] = (
    (4, lambda draw: f"redirect={_host(draw)}"),
    (1, lambda draw: f"Redirect={_host(draw)}"),
    (2, lambda draw: f"exp={_host(draw)}"),
    (1, lambda draw: "new=%{d} new=again"),
    (1, lambda draw: "redirect=e.example redirect=f.example"),
)
MACROS = (
    "%{d}",
    "%{d2}",
    "%{l}.%{o}",
    "%{i}.%{v}.example",
    "%{ir}.%{d}",
    "%{h}",
    "%{L}.%{d1r}.example",
    "%{l1-+}.example",
)
FAULTS = (
    *(
        "moo",
        "ip4:192.0.2",
        "ip4:192.0.2.1/33",
        "ip4:192.0.2.1,",
        "ip6:x",
        "ip6:2001:db8::1/129",
        "a:b",
        "a:%%",
        "a/024",
    ),
    *("a:192.0.2.1", "-all:x", "all=x", "include", "include:x%", "mx:%{z}.example", "exists:a.b/24", "=x", "\ta"),
)
