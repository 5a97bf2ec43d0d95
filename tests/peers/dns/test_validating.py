"""DNSSEC validated by benchkit beside Unbound, over the same zones of NSD, signed by ldns: both say the same."""

from __future__ import annotations

import asyncio
import time

import pytest

from benchkit.model.dns import Answer
from benchkit.resolver import open_live, open_validating
from tests.peers.dns.zones import ZoneFile

QUESTIONS = [
    (f"{name}{zone}", kind)
    for zone in ("signed.example", "hashed.example", "bogus.example", "shop.example")
    for name, kind in (
        *(("", "SOA"), ("", "TXT"), ("", "MX"), ("www.", "A"), ("www.", "MX"), ("nowhere.", "A")),
        *(("a.ent.", "A"), ("ent.", "A"), ("x.wild.", "TXT"), ("x.wild.", "MX"), ("deep.er.nowhere.", "TXT")),
    )
]


def anchors_of(zones: list[ZoneFile]) -> dict[str, tuple[str, ...]]:
    """The DS record of each signed zone, without its owner, class and type."""
    return {zone.origin: (" ".join(zone.anchor.split()[3:]),) for zone in zones if zone.anchor}


async def _both(zones: list[ZoneFile], server: str, validator: str) -> list[tuple[Answer, Answer]]:
    async with (
        open_validating([server], now_s=time.time(), anchors=anchors_of(zones)) as make,
        open_live([validator]) as live,
    ):
        ours = make()
        return [(await ours(name, kind), await live(name, kind)) for name, kind in QUESTIONS]


@pytest.mark.parametrize("through", ["authority", "validator"])
def test_the_same_is_secure(through: str, zones: list[ZoneFile], authority: str, validator: str) -> None:
    """Asked through NSD itself, and through Unbound, which hands on what it would refuse (CD)."""
    pairs = asyncio.run(_both(zones, authority if through == "authority" else validator, validator))
    for ours, theirs in pairs:
        details = (ours.name, ours.type, ours.ede, theirs.ede)
        assert (ours.state, ours.ad) == (theirs.state, theirs.ad), details
        assert ours.records == theirs.records or not theirs.ad, details
    assert {ours.ad for ours, _ in pairs} == {True, False}
    assert any("6 DNSSEC Bogus" in str(ours.ede) for ours, _ in pairs)
