"""Bytes of strangers: mutated, random, looping, bombs. Always an answer, never a traceback, never a hang."""

from __future__ import annotations

import asyncio
import random
import time
from struct import pack
from typing import cast

import dns.message
import pytest
from dns.message import QueryMessage
from hypothesis import given, settings
from hypothesis import strategies as st

from benchkit.model.dns import Answer, AnswerState, Ask
from benchkit.resolver import reading
from benchkit.resolver.question import Question, question_of
from benchkit.resolver.reading import read
from tests.resolver.scripted import HASTE, asking, reply

QUESTION = cast(Question, question_of("www.a.example", "TXT"))
HEAD = QUESTION.wire(7)[:12]
ASKED = QUESTION.wire(7)[12:-11]
RESPONSE = pack("!HHHHHH", 7, 0x8180, 1, 1, 0, 0) + ASKED
CHAIN = [
    "www.a.example. 300 IN CNAME b.example.",
    'b.example. 300 IN TXT "v=spf1 -all" "more"',
    "b.example. 300 IN RRSIG TXT 8 2 300 20300101000000 20200101000000 1 example. AAAA",
]
DENIAL = [
    "example. 300 IN SOA ns1.example. h.example. 1 2 3 4 60",
    "www.a.example. 300 IN NSEC \\000.www.a.example. RRSIG NSEC TYPE128",
]


def model(answers: list[str], authority: list[str]) -> bytes:
    query = dns.message.from_wire(QUESTION.wire(7))
    assert isinstance(query, QueryMessage)
    return reply(query, *answers, authority=authority)


MODELS = [model(CHAIN, []), model([], DENIAL), model(CHAIN[:1], DENIAL), model([], DENIAL[:1])]
PLAIN = model(['www.a.example. 300 IN TXT "v=spf1 -all" "more"', 'www.a.example. 300 IN TXT "\\"\\200 \\\\"'], [])


def rr(owner: bytes, kind: int, rdata: bytes, length: int | None = None) -> bytes:
    return owner + pack("!HHIH", kind, 1, 300, len(rdata) if length is None else length) + rdata


def judged(wire: bytes) -> Answer:
    reading = read(wire, QUESTION)
    assert isinstance(reading.answer, Answer)
    assert reading.answer.name == "www.a.example"
    assert 0 <= reading.ttl_s <= 604_800
    assert (reading.answer.state is AnswerState.OK) == bool(reading.answer.records)
    return reading.answer


@pytest.mark.parametrize(
    ("wire", "why"),
    [
        (RESPONSE + rr(b"\xc0\x1d", 16, b"\x01x"), "a pointer to itself"),
        (RESPONSE + rr(b"\xc0\xff", 16, b"\x01x"), "a pointer to what comes later"),
        (RESPONSE + rr(b"\xff\xff", 16, b"\x01x"), "a pointer beyond the end"),
        (RESPONSE + rr(b"\xc0\x0c", 16, b"\x05x"), "a string beyond its record"),
        (RESPONSE + rr(b"\xc0\x0c", 16, b"\x01x", 60_000), "a record beyond the end"),
        (RESPONSE + rr(b"\xc0\x0c", 16, b""), "a TXT without a string"),
        (RESPONSE + rr(b"\xc0\x0c", 1, b"\x01"), "an A of one octet"),
        (RESPONSE + rr(b"\x80\x0c", 16, b"\x01x"), "a label type that does not exist"),
        (RESPONSE[:6] + b"\xff\xff" + RESPONSE[8:], "65,535 records that are not there"),
        (RESPONSE[:4] + b"\x00\x09" + RESPONSE[6:], "nine questions"),
        (b"", "nothing"),
        (b"\x00" * 12, "a header of zeroes"),
    ],
)
def test_crafted_messages(wire: bytes, why: str) -> None:
    assert judged(wire).state is not AnswerState.OK, why


def test_a_compression_bomb_is_read_quickly() -> None:
    """4,500 owners in one message, each a pointer into a chain of pointers."""
    hops = b"".join(b"\x01a" + (0xC000 | max(12, 29 + 4 * index - 4)).to_bytes(2, "big") for index in range(60))
    records = b"".join(rr(pack("!H", 0xC000 | 29 + 4 * 59), 16, b"\x00") for _ in range(4_500))
    started = time.process_time()
    judged(pack("!HHHHHH", 7, 0x8180, 1, 4_500, 0, 0) + ASKED + hops + records)
    assert time.process_time() - started < 2


def test_a_text_of_64_kilobytes() -> None:
    strings = b"".join(b"\xff" + bytes([number % 256]) * 255 for number in range(250))
    answer = judged(RESPONSE + rr(b"\xc0\x0c", 16, strings))
    assert len(answer.records[0].strings) == 250


@settings(max_examples=300)
@given(seed=st.integers(0, 2**32), which=st.integers(0, len(MODELS) - 1), changes=st.integers(1, 12))
def test_mutations(seed: int, which: int, changes: int) -> None:
    judged(mutated(MODELS[which], random.Random(seed), changes))


@settings(max_examples=500)
@given(seed=st.integers(0, 2**32), changes=st.integers(0, 3))
def test_a_denial_read_by_hand_is_what_dnspython_reads(seed: int, changes: int) -> None:
    wire = mutated(MODELS[3], random.Random(seed), changes)
    by_hand = read(wire, QUESTION)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "plain_denial", lambda wire, question: None)
        by_dnspython = read(wire, QUESTION)
    assert by_hand == by_dnspython or by_dnspython.answer.state is AnswerState.MALFORMED


@settings(max_examples=500)
@given(seed=st.integers(0, 2**32), changes=st.integers(0, 3))
def test_an_answer_read_by_hand_is_what_dnspython_reads(seed: int, changes: int) -> None:
    wire = mutated(PLAIN, random.Random(seed), changes)
    by_hand = read(wire, QUESTION)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "plain_answer", lambda wire, question: None)
        by_dnspython = read(wire, QUESTION)
    assert by_hand == by_dnspython or by_dnspython.answer.state is AnswerState.MALFORMED


@pytest.mark.parametrize("kind", ["TXT", "A", "AAAA", "MX", "NS", "PTR", "SOA", "CNAME", "RRSIG", "TLSA", "CAA"])
@pytest.mark.parametrize("copies", [1, 2])
def test_every_type_is_read_by_hand_as_by_dnspython(kind: str, copies: int) -> None:
    texts = {
        "TXT": '"a" "b;\\""', "A": "192.0.2.1", "AAAA": "::ffff:192.0.2.1", "MX": "10 mx.www.a.example.",
        "NS": "ns.example.", "PTR": "Host.Example.", "SOA": "ns1.example. h.example. 1 2 3 4 60", "CNAME": "b.example.",
        "RRSIG": "TXT 8 2 300 20300101000000 20200101000000 1 example. AAAA", "TLSA": "3 1 1 " + 32 * "0f",
        "CAA": '0 issue "ca"',
    }  # fmt: skip
    question = cast(Question, question_of("www.a.example", kind))
    query = dns.message.from_wire(question.wire(7))
    assert isinstance(query, QueryMessage)
    wire = bytearray(reply(query, f"www.a.example. 300 IN {kind} {texts[kind]}"))
    record = wire[12 + len(question.section) : len(wire) - 11]
    wire[7] = copies
    wire[len(wire) - 11 : len(wire) - 11] = record * (copies - 1)
    by_hand = read(bytes(wire), question)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "plain_answer", lambda wire, question: None)
        assert by_hand == read(bytes(wire), question)


@settings(max_examples=200)
@given(st.binary(max_size=600))
def test_random_bytes(tail: bytes) -> None:
    judged(tail)
    judged(RESPONSE + tail)
    judged(pack("!HHHHHH", 7, 0x8180, 1, 3, 3, 3) + ASKED + tail)


def mutated(wire: bytes, draw: random.Random, changes: int) -> bytes:
    changed = bytearray(wire)
    for _ in range(changes):
        place = draw.randrange(2, len(changed)) if len(changed) > 2 else 0
        match draw.randrange(4):
            case 0:
                changed[place : place + 1] = bytes([draw.randrange(256)])
            case 1:
                del changed[place : place + draw.randrange(1, 9)]
            case 2:
                changed[place:place] = draw.randbytes(draw.randrange(1, 9))
            case _:
                changed[place : place + 2] = pack("!H", 0xC000 | draw.randrange(64))
    return bytes(changed)


def test_a_hostile_server_gets_an_answer_each_time() -> None:
    """Two hundred questions to a server that mutates everything, by UDP and TCP, late and twice."""
    draw = random.Random(5)

    def script(query: QueryMessage, transport: str) -> list[bytes]:
        whole = reply(query, *(line.replace("www.a.example.", str(query.question[0].name)) for line in CHAIN))
        return [mutated(whole, draw, draw.randrange(4)) for _ in range(draw.randrange(3))]

    async def many(ask: Ask) -> list[Answer]:
        return list(await asyncio.gather(*(ask(f"{number}.example", "TXT") for number in range(200))))

    answers, _ = asking(script, ask=many, timeouts=HASTE)
    assert {type(answer) for answer in answers} == {Answer}
    assert AnswerState.OK in {answer.state for answer in answers}
    assert max(answer.queries for answer in answers) <= 3 * 18 * 2


@settings(max_examples=200)
@given(st.text(max_size=80), st.sampled_from(["A", "TXT", "", "TYPE65535", "OPT", "ü"]))
def test_any_text_as_a_name(name: str, kind: str) -> None:
    async def ask(live: Ask) -> Answer:
        return await live(name, kind)

    def script(query: QueryMessage, transport: str) -> list[bytes]:
        return [reply(query, rcode="NXDOMAIN")]

    answer, _ = asking(script, ask=ask)
    assert answer.state in (AnswerState.NXDOMAIN, AnswerState.MALFORMED)
