"""The two zones of scenarios/zones: one with nothing to fix, and one in which every fix, published, removes its finding."""

from __future__ import annotations

import asyncio
from pathlib import Path

import dns.name
import dns.rdata
import dns.rdataclass
import dns.zone
import pytest

from benchkit.audit import Options, audit_domain
from benchkit.model.audit import AuditReport
from benchkit.model.finding import Finding, Status
from benchkit.model.record_fix import REMOVE
from benchkit.resolver import from_zone

ZONES = Path(__file__).parents[2] / "scenarios" / "zones"
DOMAINS = ("shop.example", "old.shop.example")


def report_of(path: Path, domain: str) -> AuditReport:
    return asyncio.run(audit_domain(domain, from_zone([path]), Options(offline=True)))


def fixable() -> list[tuple[str, Finding]]:
    """Every finding of the bad zone that comes with text to paste, the first of each rule."""
    found: dict[str, tuple[str, Finding]] = {}
    for domain in DOMAINS:
        for finding in report_of(ZONES / "bad.zone", domain).findings:
            if finding.paste:
                found.setdefault(finding.rule, (domain, finding))
    return list(found.values())


def pasted(zone: str, paste: str) -> str:
    """The zone with the lines of a fix in it: `; remove` lines out, the others in."""
    parsed = dns.zone.from_text(zone, relativize=False)
    for line in paste.splitlines():
        name, _, kind, text = line.removeprefix(REMOVE).split(" ", 3)
        rdata = dns.rdata.from_text(dns.rdataclass.IN, kind, text)
        records = parsed.find_rdataset(dns.name.from_text(name), kind, create=True)
        if line.startswith(REMOVE):
            assert rdata in records, f"not in the zone: {line}"
            records.items.pop(rdata)
        else:
            records.add(rdata, ttl=3600)
    for owner in list(parsed):
        for records in [each for each in parsed[owner] if not each]:
            parsed.delete_rdataset(owner, records.rdtype)
    return f"$ORIGIN {parsed.origin}\n{parsed.to_text(relativize=False)}"


def test_good_zone_passes() -> None:
    report = report_of(ZONES / "good.zone", "shop.example")
    assert (report.verdict, report.score, report.queries) == (Status.PASS, 100, 0)
    assert {finding.status for finding in report.findings} <= {Status.PASS, Status.INFO}


def test_bad_zone_shows_many_findings_that_can_be_fixed() -> None:
    bad = [finding for _, finding in fixable() if finding.status in (Status.WARN, Status.FAIL)]
    assert len({finding.rule for finding in bad}) >= 25


@pytest.mark.parametrize(("domain", "finding"), fixable(), ids=[finding.rule for _, finding in fixable()])
def test_fix_pasted_removes_the_finding(domain: str, finding: Finding, tmp_path: Path) -> None:
    fixed = tmp_path / "fixed.zone"
    fixed.write_text(pasted((ZONES / "bad.zone").read_text("utf-8"), finding.paste), "utf-8")
    left = [(each.rule, each.subject, each.message) for each in report_of(fixed, domain).findings]
    assert (finding.rule, finding.subject, finding.message) not in left
    if finding.rule not in {"dkim_key_record.oddity", "spf_special_addresses.special"}:  # there are two of these
        assert (finding.rule, finding.subject) not in [each[:2] for each in left]
