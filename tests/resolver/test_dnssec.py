"""DNSSEC validated from the root: what is secure, what is insecure with proof, and what any forgery on the way comes to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import dns.name
import dns.rdata
import pytest
from dns.message import Message
from dns.name import Name
from dns.rdataclass import IN
from dns.rdatatype import RdataType

from benchkit.resolver.dnssec import Validated, ValidationState, Validator
from tests.resolver.signed_tree import NOW_S, Tree, grown


def validated(tree: Tree, name: str, kind: str) -> Validated:
    validator = Validator(tree.fetch, now_s=NOW_S, anchors={".": (tree.anchor,)})
    return asyncio.run(validator.validate(dns.name.from_text(name), RdataType.from_text(kind)))


@pytest.mark.parametrize(
    ("name", "kind", "security", "held"),
    [
        ("shop.example", "SOA", "secure", True),
        ("shop.example", "TXT", "secure", True),
        ("_dmarc.shop.example", "TXT", "secure", True),
        ("www.shop.example", "A", "secure", True),
        ("alias.shop.example", "A", "secure", True),
        ("a.b.ent.shop.example", "A", "secure", True),
        ("x.wild.shop.example", "TXT", "secure", True),
        ("www.shop.example", "AAAA", "secure", False),
        ("none.shop.example", "A", "secure", False),
        ("b.ent.shop.example", "A", "secure", False),
        ("example", "NS", "secure", True),
        ("plain.example", "SOA", "insecure", True),
        ("www.plain.example", "A", "insecure", True),
        ("away.shop.example", "A", "insecure", True),
        ("none.plain.example", "A", "insecure", False),
    ],
)
def test_an_honest_tree(name: str, kind: str, security: str, held: bool) -> None:
    found = validated(grown(), name, kind)
    assert (found.security, found.records is not None) == (security, held), found.reason


def test_where_trust_ends_is_told() -> None:
    assert "plain.example has no DS record in example" in validated(grown(), "www.plain.example", "A").reason


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"expired": "shop.example."}, "expired"),
        ({"wrong_ds": "shop.example."}, "no key of shop.example fits"),
        ({"expired": "."}, "expired"),
    ],
)
def test_a_broken_tree(how: dict[str, str], why: str) -> None:
    found = validated(grown(**how), "shop.example", "TXT")
    assert found.security is ValidationState.BOGUS
    assert why in found.reason


Forge = Callable[[Name, RdataType, Message], Message | None]


def without(section: str, kind: str, *, at: str) -> Forge:
    """Every set of that type is cut out of the answers to one type of question."""

    def forge(name: Name, asked: RdataType, message: Message) -> Message:
        if asked.name == at:
            sets = getattr(message, section)
            sets[:] = [each for each in sets if each.rdtype.name != kind]
        return message

    return forge


def changed(kind: str, text: str) -> Forge:
    def forge(name: Name, asked: RdataType, message: Message) -> Message:
        for rrset in message.answer:
            if rrset.rdtype.name == kind and asked.name == kind:
                rrset.clear()  # type: ignore[no-untyped-call]
                rrset.add(dns.rdata.from_text(IN, kind, text))
        return message

    return forge


def stripped(name: Name, asked: RdataType, message: Message) -> Message:
    """A downgrade: the delegation's DS record is gone, and so is the proof."""
    if asked == RdataType.DS:
        message.answer.clear()
        message.authority.clear()
    return message


@pytest.mark.parametrize(
    ("forge", "name", "kind", "security"),
    [
        (changed("TXT", '"v=spf1 +all"'), "shop.example", "TXT", "bogus"),
        (changed("A", "203.0.113.6"), "www.shop.example", "A", "bogus"),
        (without("answer", "RRSIG", at="TXT"), "shop.example", "TXT", "bogus"),
        (without("answer", "RRSIG", at="DNSKEY"), "shop.example", "TXT", "bogus"),
        (without("answer", "DNSKEY", at="DNSKEY"), "shop.example", "TXT", "bogus"),
        (without("authority", "NSEC", at="AAAA"), "www.shop.example", "AAAA", "bogus"),
        (without("authority", "NSEC", at="DS"), "plain.example", "SOA", "bogus"),
        (without("authority", "NSEC", at="TXT"), "x.wild.shop.example", "TXT", "bogus"),
        (without("answer", "TXT", at="TXT"), "shop.example", "TXT", "bogus"),
        (stripped, "shop.example", "TXT", "bogus"),
        (lambda name, asked, message: None, "shop.example", "TXT", "indeterminate"),
        (
            lambda name, asked, message: None if asked == RdataType.DNSKEY else message,
            "shop.example",
            "TXT",
            "indeterminate",
        ),
        (
            lambda name, asked, message: None if asked == RdataType.TXT else message,
            "shop.example",
            "TXT",
            "indeterminate",
        ),
    ],
)
def test_a_forgery_is_never_secure_nor_insecure(forge: Forge, name: str, kind: str, security: str) -> None:
    tree = grown()
    tree.change = forge
    assert validated(tree, name, kind).security == security


def test_another_root_is_not_believed() -> None:
    tree, other = grown(), grown()
    tree.anchor = other.anchor
    assert validated(tree, "shop.example", "TXT").security is ValidationState.BOGUS


def test_no_anchor_no_trust() -> None:
    tree = grown()
    validator = Validator(tree.fetch, now_s=NOW_S, anchors={"other.": (tree.anchor,)})
    assert (
        asyncio.run(validator.validate(dns.name.from_text("shop.example"), RdataType.TXT)).security
        is ValidationState.INSECURE
    )


def test_zones_are_learned_once() -> None:
    tree = grown()
    validator = Validator(tree.fetch, now_s=NOW_S, anchors={".": (tree.anchor,)})

    async def several() -> None:
        for kind in (RdataType.SOA, RdataType.TXT, RdataType.NS):
            await validator.validate(dns.name.from_text("shop.example"), kind)

    asyncio.run(several())
    assert len(tree.asked) == len(set(tree.asked)) == 3 + 2 + 3  # DNSKEY of three zones, DS of two, and the three
