"""The SPF summary that every audit shows: lookups by term, void ones, and the addresses that pass."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from benchkit.audit import Options, audit_domain
from benchkit.report.audit_markdown import to_markdown
from benchkit.report.spf_words import spf_lines
from benchkit.resolver import from_zone

HEAD = """$ORIGIN shop.example.
$TTL 60
@ IN SOA ns1 h 1 2 3 4 5
@ IN NS ns1
ns1 IN A 192.0.2.53
@ IN MX 10 mail
mail IN A 192.0.2.25
part IN TXT "v=spf1 ip4:198.51.100.0/29 a:gone.shop.example -all"
"""
CASES: dict[str, list[str]] = {
    "-all": ["0 DNS lookups, the limit is 10", "no address passes"],
    "ip4:192.0.2.7 -all": ["0 DNS lookups, the limit is 10", "addresses that pass: 192.0.2.7"],
    "mx -all": ["1 DNS lookup, the limit is 10: mx 1; none is void", "addresses that pass: 192.0.2.25"],
    "mx include:part.shop.example ip6:2001:db8::/64 -all": [
        "3 DNS lookups, the limit is 10: mx 1, include:part.shop.example 2; 1 of them void, the limit is 2",
        "addresses that pass: 192.0.2.25, 198.51.100.0/29, 2001:db8::/64 (9 IPv4 addresses in all)",
    ],
    "exists:%{i}.shop.example -all": [
        "1 DNS lookup, the limit is 10: exists:%{i}.shop.example 1; none is void",
        "addresses that pass: what `exists:%{i}.shop.example` matches",
    ],
    "include:_spf.other.example -all": [
        "at least 1 DNS lookup, the limit is 10: include:_spf.other.example 1 (not every name was answered)",
        "addresses that pass: not known, because not every name was answered",
    ],
}


@pytest.mark.parametrize("terms", CASES)
def test_lines(terms: str, tmp_path: Path) -> None:
    path = tmp_path / "shop.zone"
    path.write_text(f'{HEAD}@ IN TXT "v=spf1 {terms}"\n', "utf-8")
    report = asyncio.run(audit_domain("shop.example", from_zone([path]), Options(offline=True)))
    assert spf_lines(report.spf) == CASES[terms]
    assert ", the limit is 10" in to_markdown([report])


def test_nothing_without_a_record(tmp_path: Path) -> None:
    path = tmp_path / "shop.zone"
    path.write_text(HEAD, "utf-8")
    report = asyncio.run(audit_domain("shop.example", from_zone([path]), Options(offline=True)))
    assert spf_lines(report.spf) == []
