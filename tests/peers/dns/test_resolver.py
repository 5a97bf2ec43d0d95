"""The resolver against NSD and Unbound: the zone file answers as NSD does, and DNSSEC shows as Unbound judges it."""

from __future__ import annotations

import asyncio

import pytest

from benchkit.model.dns import Answer
from benchkit.resolver import from_zone, open_live
from tests.peers.dns.zones import ZoneFile

QUESTIONS = [
    (name, kind)
    for name in (
        "shop.example",
        "www.shop.example",
        "chain.shop.example",
        "signed.shop.example",
        "away.shop.example",
        "loop1.shop.example",
        "dangling.shop.example",
        "nowhere.shop.example",
        "deep.ent.shop.example",
        "b.deep.ent.shop.example",
        "x.wild.shop.example",
        "y.x.wild.shop.example",
        "named.wild.shop.example",
        "x.named.wild.shop.example",
        "x.alias.shop.example",
        "child.shop.example",
        "ns.child.shop.example",
        "null.shop.example",
        "large.shop.example",
        "caa.shop.example",
        "_25._tcp.mx1.shop.example",
        "signed.example",
        "x.wild.signed.example",
        "ent.signed.example",
        "nowhere.signed.example",
        "nobody.example",
    )
    for kind in ("A", "AAAA", "MX", "NS", "TXT", "CNAME", "SOA", "DS", "CAA", "TLSA")
]


def live(server: str, *questions: tuple[str, str]) -> list[Answer]:
    async def run() -> list[Answer]:
        async with open_live([server]) as ask:
            return list(await asyncio.gather(*(ask(*question) for question in questions)))

    return asyncio.run(run())


def test_a_zone_file_answers_as_nsd_does(zones: list[ZoneFile], authority: str) -> None:
    async def from_files() -> list[Answer]:
        ask = from_zone([zone.path for zone in zones])
        return [await ask(*question) for question in QUESTIONS]

    for ours, theirs in zip(asyncio.run(from_files()), live(authority, *QUESTIONS), strict=True):
        assert (ours.name, ours.type, ours.state) == (theirs.name, theirs.type, theirs.state), theirs
        assert (ours.records, ours.cnames) == (theirs.records, theirs.cnames), theirs
        assert ours.wildcard == theirs.wildcard or ours.name.endswith("shop.example"), "signatures show a wildcard"


def test_forty_texts_need_tcp(authority: str) -> None:
    (answer,) = live(authority, ("large.shop.example", "TXT"))
    assert (len(answer.records), answer.queries) == (40, 2)


@pytest.mark.parametrize(
    ("name", "kind", "state", "ad"),
    [
        ("signed.example", "TXT", "ok", True),
        ("www.signed.example", "A", "ok", True),
        ("nowhere.signed.example", "A", "nxdomain", True),
        ("ent.signed.example", "A", "nodata", True),
        ("www.signed.example", "MX", "nodata", True),
        ("shop.example", "MX", "ok", False),
        ("nowhere.shop.example", "MX", "nxdomain", False),
        ("signed.shop.example", "A", "ok", False),  # the first part of its chain is not signed
    ],
)
def test_what_unbound_validates(validator: str, name: str, kind: str, state: str, ad: bool) -> None:
    (answer,) = live(validator, (name, kind))
    assert (answer.state, answer.ad) == (state, ad)


def test_expired_signatures_are_a_failure_with_its_reason(validator: str) -> None:
    (answer,) = live(validator, ("www.bogus.example", "A"))
    assert (answer.state, answer.rcode) == ("servfail", "SERVFAIL")
    (error,) = answer.ede  # Unbound 1.17 says 9, DNSKEY Missing, where the signature of the key itself has expired
    assert 6 <= int(error.split()[0]) <= 12


def test_what_unbound_cannot_find_out_is_not_missing(validator: str) -> None:
    (answer,) = live(validator, ("nobody.example", "A"))
    assert not answer.state.known


def test_a_wildcard_is_seen_through_unbound(validator: str) -> None:
    (answer,) = live(validator, ("x.wild.signed.example", "TXT"))
    assert (answer.state, answer.wildcard, answer.ad) == ("ok", True, True)
