"""A DNS server that is out to hurt: seeded responses, octet by octet, behind the resolver's own door for a server.

It never waits: a time-out is raised at once, so that many thousand audits are a matter of minutes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import lru_cache
from struct import pack

from benchkit.resolver.question import Question
from benchkit.resolver.retry_budget import RetryBudget

TYPES = {
    "A": 1,
    "NS": 2,
    "CNAME": 5,
    "SOA": 6,
    "PTR": 12,
    "MX": 15,
    "TXT": 16,
    "AAAA": 28,
    "DS": 43,
    "NSEC": 47,
    "TLSA": 52,
}
OWNER = b"\xc0\x0c"  # a pointer to the question
TTL_S = 300
ESCAPES = (
    b"\x1b]0;owned\x07",
    b"\x1b[2J",
    b"\x9b31m",
    b"\x7f",
    b"\r",
    b"=cmd|' /C calc'!A0",
    b"<script>",
    b"`x`",
    b"%s{}",
)
TEXTS = (
    b"v=spf1 include:%{i}.%{d} a mx ptr exists:%{l1r-}.x.example redirect=shop.example -all",
    b"v=spf1 include:shop.example include:b.shop.example ip4:1.2.3.4/0 ip6:::/0 +all exp=shop.example",
    b"v=spf1 redirect=%{d}.example",
    b"v=DMARC1; p=reject; sp=none; np=x; rua=mailto:a@b.example!10m,https://x; t=y; psd=u; pct=200; fo=0:1",
    b"v=DKIM1; k=rsa; t=y:s; h=sha1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQ",
    b"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    b"v=STSv1; id=1;",
    b"v=TLSRPTv1; rua=mailto:a@b.example",
    b"v=BIMI1; l=https://x.example/y.svg; a=",
    b"\x00\xff;=;;=\\\"'" * 20,
    b"",
)
LARGE = (  # what does not fit into a response is cut off there, and lies about its length
    b"v=spf1 " + b"".join(b"include:a%d.shop.example " % number for number in range(300)),
    b"v=spf1 " + b"a:x ip4:192.0.2.1 " * 3_000,
    b"v=spf1 " + b"a:x ip4:192.0.2.1 " * 6_000,
    b"v=DMARC1; p=none; rua=" + b"mailto:a@b.example," * 400,
    b"x" * 60_000,
)
NAMES: tuple[tuple[bytes, ...], ...] = (
    (b"shop", b"example"),
    (b"mail", b"shop", b"example"),
    (b"loop", b"shop", b"example"),
    (),
    (b"192", b"0", b"2", b"1"),
    (b"a.b", b"\x00\x1b[31m", b"example"),
    (b"\xff" * 63, b"\x9b" * 63, b"x" * 63, b"y" * 50),
    (b"_dmarc", b"shop", b"example"),
    (b"=1+1", b"example"),
)
Draw = random.Random


class HostileServer:
    """A `Server` of benchkit/resolver/servers.py: the same answer to the same question, always."""

    name = "hostile"

    def __init__(self, seed: int) -> None:
        self.seed = seed

    async def exchange(self, question: Question, budget: RetryBudget) -> bytes:
        budget.spend()
        draw = Draw(f"{self.seed}/{question.text}/{question.type}")
        if draw.random() < 0.03:
            raise TimeoutError("silence")
        if draw.random() < 0.02:
            budget.spend()  # truncated, and asked again by TCP
        wire = response(draw, question)
        return mutated(draw, wire) if draw.random() < 0.15 else wire

    def close(self) -> None:
        pass


def response(draw: Draw, question: Question) -> bytes:
    rcode = draw.choices((0, 3, 2, 5, 1, 9, 15), (60, 20, 3, 3, 1, 1, 1))[0]
    answers = [] if rcode or draw.random() < 0.2 else records(draw, question.type.name, question.section[:-4])
    extra = [options(draw)] if draw.random() < 0.3 else []
    flags = 0x8180 | draw.choice((0, 0, 0x20, 0x40, 0x400)) | rcode
    head = pack("!HHHHHH", 7, flags, 1, len(answers), 0, len(extra))
    return head + question.section + b"".join(answers) + b"".join(extra)


def records(draw: Draw, kind: str, asked: bytes) -> list[bytes]:
    found: list[bytes] = []
    owner = OWNER
    for _ in range(
        draw.choices((0, 1, 3, 40), (160, 20, 10, 1))[0]
    ):  # an alias, a chain, a loop, or one that leads away
        target = draw.choice((asked, *map(name, NAMES)))
        found.append(record(owner, "CNAME", target))
        owner = target if draw.random() < 0.8 else name(draw.choice(NAMES))
    many = draw.choices((1, 2, 12, 300, 2_000), (300, 100, 20, 2, 1))[0]
    make = RDATA.get(kind, _junk)
    size = 0
    while many and size < 60_000:
        found.append(record(owner, kind, make(draw)))
        size, many = size + len(found[-1]), many - 1
    return found


def record(owner: bytes, kind: str, rdata: bytes) -> bytes:
    return owner + pack("!HHIH", TYPES.get(kind, 65_280), 1, TTL_S, min(len(rdata), 65_535)) + rdata


def options(draw: Draw) -> bytes:
    """An OPT record: extended errors in no language, and options that no one knows."""
    error = pack("!H", draw.randrange(40)) + draw.choice(ESCAPES) + b"\xff\xfe"
    code, value = draw.choice(((15, error), (draw.randrange(65_536), b"x")))
    data = pack("!HH", code, len(value)) + value
    return b"\x00" + pack("!HHIH", 41, draw.randrange(65_536), draw.randrange(2**32) & 0x00FFFFFF, len(data)) + data


@lru_cache(maxsize=64)
def name(labels: Sequence[bytes]) -> bytes:
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\x00"


def text(draw: Draw) -> bytes:
    octets = bytearray(draw.choice(LARGE if draw.random() < 0.01 else TEXTS))
    for _ in range(draw.choice((0, 0, 1, 3, 8))):
        if octets:
            octets[draw.randrange(len(octets))] = draw.randrange(256)
    if draw.random() < 0.3:
        place = draw.randrange(len(octets) + 1)
        octets[place:place] = draw.choice(ESCAPES)
    pieces = [bytes(octets[at : at + 255]) for at in range(0, len(octets), 255)] or [b""]
    return b"".join(bytes([len(piece)]) + piece for piece in pieces)


def _junk(draw: Draw) -> bytes:
    return draw.randbytes(draw.randrange(40))


def _named(draw: Draw) -> bytes:
    return name(draw.choice(NAMES))


def _soa(draw: Draw) -> bytes:
    return _named(draw) + _named(draw) + draw.randbytes(20)


RDATA: dict[str, Callable[[Draw], bytes]] = {
    "A": lambda draw: bytes((192, 0, 2, draw.randrange(256))) if draw.random() < 0.8 else draw.randbytes(4),
    "AAAA": lambda draw: bytes.fromhex("20010db8") + draw.randbytes(12),
    "MX": lambda draw: pack("!H", draw.randrange(65_536)) + _host(draw),
    "NS": _named,
    "PTR": lambda draw: _host(draw),
    "CNAME": _named,
    "SOA": _soa,
    "TXT": text,
    "TLSA": lambda draw: draw.randbytes(draw.choice((0, 3, 35, 200))),
    "DS": lambda draw: draw.randbytes(36),
    "NSEC": lambda draw: name((b"s%d" % draw.randrange(9), b"_domainkey", b"shop", b"example")) + b"\x00\x01\x40",
}


def _host(draw: Draw) -> bytes:
    return _named(draw) if draw.random() < 0.3 else name((b"m%d" % draw.randrange(400), b"shop", b"example"))


def mutated(draw: Draw, wire: bytes) -> bytes:
    """Octets changed, cut out or put in, pointers that lead anywhere, counts that lie, or an end too soon."""
    octets = bytearray(wire)
    for _ in range(draw.choice((1, 1, 2, 6))):
        at = draw.randrange(2, len(octets)) if len(octets) > 3 else 0
        match draw.randrange(6):
            case 0:
                octets[at : at + 1] = draw.randbytes(1)
            case 1:
                del octets[at : at + draw.randrange(1, 9)]
            case 2:
                octets[at:at] = draw.randbytes(draw.randrange(1, 9))
            case 3:
                octets[at : at + 2] = pack("!H", 0xC000 | draw.randrange(min(len(octets) + 9, 0x3FFF)))
            case 4:
                octets[4:12] = pack("!4H", *(draw.choice((0, 1, 7, 65_535)) for _ in range(4)))
            case _:
                del octets[at:]
    return bytes(octets)
