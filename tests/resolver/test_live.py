"""The live `Ask` against a scripted server: every state as a table, and what the server was asked to get there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import dns.edns
import dns.flags
import dns.message
import pytest
from dns.message import QueryMessage

from benchkit.model.dns import Answer, Ask
from tests.resolver.scripted import CALM, HASTE, Script, asking, one, reply, saying, silent

SOA = "a.example. 300 IN SOA ns1.a.example. h.a.example. 1 2 3 4 60"
RA_AD = dns.flags.RA | dns.flags.AD


def raw(change: Callable[[bytes], bytes]) -> Script:
    return lambda query, transport: [change(reply(query, "www.a.example. 300 IN A 192.0.2.1"))]


@pytest.mark.parametrize(
    ("script", "state", "rcode"),
    [
        (saying("www.a.example. 300 IN A 192.0.2.1"), "ok", "NOERROR"),
        (saying(authority=[SOA]), "nodata", "NOERROR"),
        (saying(), "nodata", "NOERROR"),
        (saying(authority=[SOA], rcode="NXDOMAIN"), "nxdomain", "NXDOMAIN"),
        (saying(rcode="SERVFAIL"), "servfail", "SERVFAIL"),
        (saying(rcode="REFUSED"), "refused", "REFUSED"),
        (saying(rcode="NOTAUTH"), "refused", "NOTAUTH"),
        (saying(rcode="FORMERR"), "servfail", "FORMERR"),
        (saying(authority=["a.example. 300 IN NS ns1.a.example."], flags=0), "refused", "NOERROR"),
        (saying("www.a.example. 300 IN CNAME www.a.example."), "malformed", "NOERROR"),
        (
            saying("www.a.example. 9 IN CNAME b.a.example.", "b.a.example. 9 IN CNAME www.a.example."),
            "malformed",
            "NOERROR",
        ),
        (saying("other.a.example. 300 IN A 192.0.2.1"), "nodata", "NOERROR"),
        (saying("www.a.example. 9 IN CNAME b.a.example.", authority=[SOA], rcode="NXDOMAIN"), "nxdomain", "NXDOMAIN"),
        (saying("www.a.example. 9 IN CNAME b.a.example.", authority=[SOA]), "nodata", "NOERROR"),
        (silent, "timeout", ""),
        (raw(lambda wire: wire[:-3]), "malformed", ""),
        (raw(lambda wire: wire[:12]), "timeout", ""),
        (raw(lambda wire: b""), "timeout", ""),
        (raw(lambda wire: bytes([wire[0] ^ 1]) + wire[1:]), "timeout", ""),  # another id
        (raw(lambda wire: wire[:2] + b"\x01" + wire[3:]), "timeout", ""),  # a query, not a response
        (raw(lambda wire: wire.replace(b"\x03www", b"\x03xxx")), "timeout", ""),  # another question
        (raw(lambda wire: wire.replace(b"\x03www", b"\x03WwW")), "ok", "NOERROR"),
    ],
)
def test_states(script: Script, state: str, rcode: str) -> None:
    answer, _ = asking(script, ask=one(), timeouts=HASTE if state == "timeout" else CALM)
    assert (answer.state, answer.rcode) == (state, rcode)


def test_what_an_answer_tells() -> None:
    rrsig = "b.a.example. 300 IN RRSIG A 8 3 300 20300101000000 20200101000000 1 a.example. AAAA"
    error = dns.edns.EDEOption(dns.edns.EDECode.STALE_ANSWER, "served stale\x1b")

    def script(query: QueryMessage, transport: str) -> list[bytes]:
        chain = [
            "www.a.example. 60 IN CNAME B.a.example.",
            "b.a.example. 300 IN A 192.0.2.2",
            "b.a.example. 300 IN A 192.0.2.1",
        ]
        return [reply(query, *chain, rrsig, flags=RA_AD, ede=[error])]

    answer, (server,) = asking(script, ask=one("WWW.a.example."))
    assert answer.name == "www.a.example"
    assert answer.cnames == ("b.a.example",)
    assert [record.text for record in answer.records] == ["192.0.2.1", "192.0.2.2"]
    assert answer.ad
    assert not answer.wildcard
    assert answer.resolver == server.address
    assert answer.ede == ("3 Stale Answer: served stale\\027",)
    assert answer.queries == 1
    assert answer.rtt_ms > 0


def test_a_wildcard_is_shown_by_its_signature() -> None:
    rrsig = "www.a.example. 300 IN RRSIG A 8 2 300 20300101000000 20200101000000 1 a.example. AAAA"
    answer, _ = asking(saying("www.a.example. 300 IN A 192.0.2.1", rrsig), ask=one())
    assert answer.wildcard


@pytest.mark.parametrize(("types", "state"), [("RRSIG NSEC TYPE128", "nxdomain"), ("RRSIG NSEC", "nodata")])
def test_compact_denial(types: str, state: str) -> None:
    nsec = f"www.a.example. 300 IN NSEC \\000.www.a.example. {types}"
    answer, _ = asking(saying(authority=[SOA, nsec]), ask=one())
    assert (answer.state, answer.compact_denial) == (state, state == "nxdomain")


def test_the_query_asks_for_dnssec_and_ad() -> None:
    seen: list[QueryMessage] = []

    def script(query: QueryMessage, transport: str) -> list[bytes]:
        seen.append(query)
        return [reply(query)]

    asking(script, ask=one("bücher.example", "TXT"))
    assert seen[0].question[0].to_text() == "xn--bcher-kva.example. IN TXT"
    assert seen[0].ednsflags & dns.flags.DO
    assert seen[0].flags & (dns.flags.AD | dns.flags.RD) == dns.flags.AD | dns.flags.RD
    assert seen[0].payload == 1232


@pytest.mark.parametrize(
    "name", ["x" * 64 + ".example", ".".join(["x" * 60] * 5), "a..example", "\\300.example", "ü" * 64]
)
def test_what_is_no_name_is_not_sent(name: str) -> None:
    answer, (server,) = asking(silent, ask=one(name))
    assert (answer.state, answer.queries, server.asked) == ("malformed", 0, [])


def test_truncated_answers_come_by_tcp() -> None:
    def script(query: QueryMessage, transport: str) -> list[bytes]:
        if transport == "udp":
            return [reply(query, flags=dns.flags.TC)]
        return [reply(query, *(f'www.a.example. 300 IN TXT "{number}{"x" * 200}"' for number in range(200)))]

    answer, (server,) = asking(script, ask=one(kind="TXT"))
    assert [transport for transport, *_ in server.asked] == ["udp", "tcp"]
    assert (len(answer.records), answer.queries) == (200, 2)


@pytest.mark.parametrize(
    ("by_tcp", "state"),
    [
        ({}, "malformed"),
        ({"flags": dns.flags.TC}, "malformed"),
        ({"flags": dns.flags.TC, "rcode": "NXDOMAIN"}, "malformed"),
        ({"rcode": "SERVFAIL"}, "servfail"),
        ({"authority": ["a.example. 300 IN SOA ns.a.example. h.a.example. 1 2 3 4 5"]}, "nodata"),
        (None, "timeout"),
    ],
)
def test_a_truncated_answer_is_unknown_where_tcp_brings_nothing(by_tcp: dict[str, Any] | None, state: str) -> None:
    def script(query: QueryMessage, transport: str) -> list[bytes]:
        if transport == "udp":
            return [reply(query, flags=dns.flags.TC)]
        return [] if by_tcp is None else [reply(query, **by_tcp)]

    answer, _ = asking(script, ask=one(kind="TXT"), timeouts=HASTE if by_tcp is None else CALM)
    assert answer.state == state


def test_truncated_in_the_middle_of_a_record() -> None:
    def script(query: QueryMessage, transport: str) -> list[bytes]:
        whole = reply(query, "www.a.example. 300 IN A 192.0.2.1", flags=dns.flags.TC if transport == "udp" else 0)
        return [whole[:-20] if transport == "udp" else whole]

    assert asking(script, ask=one())[0].state == "ok"


def test_a_tcp_connection_that_the_server_closed_is_opened_again() -> None:
    async def two(ask: Ask) -> list[Answer]:
        first = await ask("1.example", "A")
        await asyncio.sleep(0)
        return [first, await ask("2.example", "A")]

    def script(query: QueryMessage, transport: str) -> list[bytes]:
        return [
            reply(query, f"{query.question[0].name} 9 IN A 192.0.2.1", flags=dns.flags.TC if transport == "udp" else 0)
        ]

    answers, (server,) = asking(script, ask=two)
    assert [answer.state for answer in answers] == ["ok", "ok"]
    assert len(server.asked) == 4


def test_a_server_without_edns() -> None:
    def script(query: QueryMessage, transport: str) -> list[bytes]:
        if query.edns >= 0:
            return [query.id.to_bytes(2, "big") + b"\x81\x81" + bytes(8)]  # FORMERR, the header alone
        return [reply(query, "www.a.example. 300 IN A 192.0.2.1")]

    answer, _ = asking(script, ask=one())
    assert (answer.state, answer.queries) == ("ok", 2)


def test_a_chain_that_leaves_the_response_is_followed() -> None:
    def script(query: QueryMessage, transport: str) -> list[bytes]:
        name = query.question[0].name.to_text()
        follow = {"www.a.example.": "b.example.", "b.example.": "c.example."}
        return [reply(query, f"{name} 9 IN CNAME {follow[name]}" if name in follow else f"{name} 9 IN A 192.0.2.1")]

    answer, _ = asking(script, ask=one())
    assert (answer.state, answer.name, answer.queries) == ("ok", "www.a.example", 3)
    assert answer.cnames == ("b.example", "c.example")


@pytest.mark.parametrize(
    "target_of", [lambda name: "b." if name[0] == "w" else "www.a.example.", lambda name: f"x{name}"]
)
def test_chains_without_an_end(target_of: Callable[[str], str]) -> None:
    def script(query: QueryMessage, transport: str) -> list[bytes]:
        name = query.question[0].name.to_text()
        return [reply(query, f"{name} 9 IN CNAME {target_of(name)}")]

    answer, (server,) = asking(script, ask=one())
    assert (answer.state, answer.ede) == ("malformed", ("CNAME loop",))
    assert len(server.asked) <= 18


def test_a_broken_end_of_a_chain_keeps_its_state() -> None:
    def script(query: QueryMessage, transport: str) -> list[bytes]:
        if query.question[0].name.to_text() == "www.a.example.":
            return [reply(query, "www.a.example. 9 IN CNAME b.example.")]
        return [reply(query, rcode="SERVFAIL")]

    answer, _ = asking(script, ask=one())
    assert (answer.state, answer.cnames) == ("servfail", ("b.example",))
