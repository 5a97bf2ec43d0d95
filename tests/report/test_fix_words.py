"""How fixes are told: headings, groups, and names as control panels want them."""

from __future__ import annotations

import pytest

from benchkit.model.dns import Record
from benchkit.model.record_fix import RecordFix, value_of, zone_text
from benchkit.report.fix_words import groups, heading, panel_name

OLD, NEW = (Record("TXT", '"old"', (b"old",)),), (Record("TXT", '"ne" "w"', (b"ne", b"w")),)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("shop.example", "@"),
        ("_dmarc.shop.example", "_dmarc"),
        ("s1._domainkey.news.shop.example", "s1._domainkey.news"),
        ("_dmarc.shop.co.uk", "_dmarc"),
    ],
)
def test_a_panel_adds_the_domain_itself(name: str, shown: str) -> None:
    assert panel_name(RecordFix("DMARC record", name, after=NEW)) == shown


@pytest.mark.parametrize(
    ("fix", "expected", "group"),
    [
        (RecordFix("SPF record", "shop.example", OLD, NEW), "Replace the SPF record at shop.example", "Publish now"),
        (RecordFix("SPF record", "shop.example", (), NEW), "Add the SPF record at shop.example", "Publish now"),
        (RecordFix("TLSA record", "x.example", OLD), "Remove the TLSA record at x.example", "Publish now"),
        (
            RecordFix("NS record", "x.example", OLD, unless="you give it an address"),
            "Remove the NS record at x.example, unless you give it an address",
            "Safe defaults",
        ),
        (
            RecordFix("PTR record", "x.arpa", (), NEW, ask="the provider"),
            "Ask the provider: add the PTR record at x.arpa",
            "Ask others",
        ),
        (
            RecordFix("DMARC record", "x.example", OLD, NEW, when="when so"),
            "Replace the DMARC record at x.example, when so",
            "Later",
        ),
    ],
)
def test_each_fix_is_told_in_its_group(fix: RecordFix, expected: str, group: str) -> None:
    assert heading(fix) == expected
    assert [each.title for each in groups([fix])] == [group]
    assert (zone_text([fix]) != "") == (group in ("Publish now", "Safe defaults"))


def test_a_value_is_in_one_piece() -> None:
    assert value_of(NEW[0]) == "new"
