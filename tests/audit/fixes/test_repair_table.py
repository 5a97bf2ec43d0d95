"""Typing errors of a table, through the whole audit: the record that is offered, or none and what to decide."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchkit.model.finding import Status
from benchkit.model.record_fix import value_of
from tests.audit.fixes.faulty_zones import DMARC, KEY, MX
from tests.audit.fixes.published import HEAD, audited

OTHERS = """x.example. IN A 192.0.2.99
_spf.x.example. IN TXT "v=spf1 ip4:198.51.100.1 -all"
mail.x.example. IN A 198.51.100.2
spf.x.example. IN TXT "v=spf1 ip4:198.51.100.3 -all"
"""
TABLE: dict[str, str] = {
    '"v=spf1 ipv4:192.0.2.0/24 -all"': "ip4:192.0.2.0/24 -all",
    '"v=spf1 ip4:2001:db8::1 -all"': "ip6:2001:db8::1 -all",
    '"v=spf1 a:192.0.2.1 -all"': "ip4:192.0.2.1 -all",
    '"v=spf1 ip6:192.0.2.1 -all"': "ip4:192.0.2.1 -all",
    '"v=spf1 include.spf.x.example -all"': "include:spf.x.example -all",
    '"v=spf1 include=_spf.x.example -all"': "include:_spf.x.example -all",
    '"v=spf1 include: _spf.x.example -all"': "include:_spf.x.example -all",
    '"v=spf1 ip4: 192.0.2.1 -all"': "ip4:192.0.2.1 -all",
    '"v=spf1 mx - all"': "mx -all",
    '"v=spf1 ip4:192.0.2.9~all"': "ip4:192.0.2.9 ~all",
    '"v=spf1 mx a ~all;"': "mx a ~all",
    '"v=spf1 mx a -all;"': "mx a -all",
    '"v=spf1 mx a \u2013all"': "mx a -all",
    '"v=spf1 mx,a -all"': "mx a -all",
    '"v=spf1 ip4:192.0.2.1, ip4:192.0.2.2 -all"': "ip4:192.0.2.1 ip4:192.0.2.2 -all",
    '"v=spf1 mx:10 mail.x.example -all"': "",
    '"v=spf1 mx -all v=spf1 a -all"': "mx a -all",
    '"v=spf1 ptr -all"': "",
    '"v=spf1 ip4:17.0.0.0/8 -all"': "",
    '"v=spf1" "mx -all"': "mx -all",
    '"v=spf1 mx include:_spf.x.example" "include:spf.x.example -all"': "mx include:_spf.x.example include:spf.x.example -all",
    '"v=spf1 mx ?all"': "mx ~all",
    '"v=spf1 mx ptr ?all"': "mx ptr ~all",
}
POLICIES: dict[str, str] = {
    "p=none": "p=none; rua=mailto:postmaster@shop.example",
    'p=\\"reject\\"; rua=mailto:d@shop.example': "p=reject; rua=mailto:d@shop.example",
    "p=reject,; rua=mailto:d@shop.example": "p=reject; rua=mailto:d@shop.example",
    "p=rejekt; rua=mailto:d@shop.example": "p=reject; rua=mailto:d@shop.example",
}
OWN = "@ IN A 192.0.2.80\n"


@pytest.mark.parametrize("written", TABLE)
def test_spf(written: str, tmp_path: Path) -> None:
    report = audited(f"{HEAD}{MX}{OWN}{KEY}{DMARC}@ IN TXT {written}\n", tmp_path, others=OTHERS)
    offered = [fix for fix in report.fixes if fix.what == "SPF record" and fix.is_for_now]
    assert [value_of(fix.after[0]) for fix in offered] == ([f"v=spf1 {TABLE[written]}"] if TABLE[written] else [])
    if not offered:
        told = [
            each
            for each in report.findings
            if each.rule.startswith("spf_") and each.status in (Status.FAIL, Status.WARN)
        ]
        assert told
        assert all(each.advice for each in told)


@pytest.mark.parametrize("written", POLICIES)
def test_dmarc(written: str, tmp_path: Path) -> None:
    zone = f'{HEAD}{MX}{KEY}@ IN TXT "v=spf1 mx -all"\n_dmarc IN TXT "v=DMARC1; {written}"\n'
    report = audited(zone, tmp_path)
    (offered,) = (fix for fix in report.fixes if fix.what == "DMARC record" and fix.is_for_now)
    assert value_of(offered.after[0]) == f"v=DMARC1; {POLICIES[written]}"
