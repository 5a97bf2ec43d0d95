"""bad.zone passes after its fixes, in any order or all at once. undecided.zone has what only its owner can decide."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchkit.cli.main import app
from benchkit.model.audit import AuditReport
from benchkit.model.finding import Finding, Status
from benchkit.model.record_fix import RecordFix
from tests.audit.fixes.faulty_zones import GOOD_ZONE
from tests.audit.fixes.published import audited, for_now, published
from tests.audit.fixes.test_published_zones import added_faults, assert_no_sender_is_lost

BAD, UNDECIDED = GOOD_ZONE.parent / "bad.zone", GOOD_ZONE.parent / "undecided.zone"
DOMAINS = ("shop.example", "old.shop.example")
ORDERS = 240
WALKS = 3
MEANT = (
    "192.0.2.25",
    "192.0.2.7",
    "198.51.100.77",
    "192.0.2.80",
    "203.0.113.9",
)  # as the SPF record of bad.zone names them
DECISIONS = {  # what the owner of undecided.zone decides: the begin of a line → the lines in its place
    '@               IN TXT   "v=spf1': ('@ IN TXT "v=spf1 mx ip4:100.0.2.1 ip4:192.0.2.5 a:web.shop.example ~all"',),
    "s2._domainkey": (),
    "default._domainkey": (),
    "old             IN TXT": ('old IN TXT "v=spf1 mx ip4:192.0.2.30 -all"',),
    "*.old           IN MX": (),
    "*._domainkey.old": ("s9._domainkey.old IN TXT  ",),
}


def reports(zone: str, folder: Path) -> list[AuditReport]:
    return [audited(zone, folder, domain) for domain in DOMAINS]


def fixes_of(found: Iterable[AuditReport]) -> list[RecordFix]:
    return list(dict.fromkeys(fix for report in found for fix in for_now(report)))


def faults(found: Iterable[AuditReport]) -> list[Finding]:
    bad = (Status.FAIL, Status.WARN)
    return [finding for report in found for finding in report.findings if finding.status in bad]


def assert_passes(zone: str, folder: Path) -> None:
    found = reports(zone, folder)
    assert [(report.verdict, report.score) for report in found] == [(Status.PASS, 100)] * 2, faults(found)
    assert [audited(zone, folder, ip=ip).spf.result for ip in MEANT] == ["pass"] * len(MEANT)


def test_in_any_order_and_all_at_once_the_bad_zone_passes(tmp_path: Path) -> None:
    bad = BAD.read_text("utf-8")
    before = reports(bad, tmp_path)
    fixes = fixes_of(before)
    assert len(fixes) > 15
    assert len(faults(before)) > 40
    assert_no_sender_is_lost(fixes)
    zones = {published(bad, random.Random(seed).sample(fixes, len(fixes))) for seed in range(ORDERS)}
    assert len(zones) == 1
    assert_passes(zones.pop(), tmp_path)


@pytest.mark.parametrize("seed", range(WALKS))
def test_an_owner_who_audits_after_each_paste_ends_there_too(seed: int, tmp_path: Path) -> None:
    """No paste makes a domain worse on the way, whichever comes next."""
    draw, zone = random.Random(seed), BAD.read_text("utf-8")
    found, scores = reports(zone, tmp_path), []
    while fixes := fixes_of(found):
        scores.append([report.score or 0 for report in found])
        zone = published(zone, [draw.choice(fixes)])
        found = reports(zone, tmp_path)
        assert all(now >= was for now, was in zip((each.score or 0 for each in found), scores[-1], strict=True))
        assert len(scores) < 40
    assert_passes(zone, tmp_path)


def test_the_corrected_file_of_the_bad_zone_passes(tmp_path: Path) -> None:
    fixed = tmp_path / "fixed.zone"
    words = ["audit", "--zone", str(BAD), "--fixed", str(fixed), *DOMAINS]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert_passes(fixed.read_text("utf-8"), tmp_path)
    assert CliRunner().invoke(app, ["audit", "--zone", str(fixed), "--fail-on", "warn", *DOMAINS]).exit_code == 0


def test_what_is_left_of_the_undecided_zone_is_asked(tmp_path: Path) -> None:
    """After all pastes each fault says what to decide, or has a later step."""
    zone = UNDECIDED.read_text("utf-8")
    before = reports(zone, tmp_path)
    zone = published(zone, fixes_of(before))
    after = reports(zone, tmp_path)
    assert not fixes_of(after)
    assert not [added_faults(*pair) for pair in zip(before, after, strict=True) if added_faults(*pair)]
    assert all(finding.advice for finding in faults(after))


def test_the_undecided_zone_passes_when_its_owner_has_decided(tmp_path: Path) -> None:
    """The decisions are made, all that can be published is published, and then the later steps."""
    lines: list[str] = []
    used: set[str] = set()
    for line in UNDECIDED.read_text("utf-8").splitlines():
        begin = next((each for each in DECISIONS if line.startswith(each)), "")
        new = DECISIONS[begin] if begin else (line,)
        lines += [line.replace("*._domainkey.old IN TXT  ", each) if each.endswith("  ") else each for each in new]
        used.add(begin)
    assert used == {"", *DECISIONS}
    zone = "\n".join([*lines, ""])
    for _ in range(3):
        steps = [fix for report in reports(zone, tmp_path) for fix in report.fixes if not fix.ask]
        zone = published(zone, [fix for fix in steps if fix.is_for_now] or steps)
    found = reports(zone, tmp_path)
    assert [report.verdict for report in found] == [Status.PASS] * 2, faults(found)
