"""Owners publish all advice at once: no faulty zone is worse for it, most are better, and no sender is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchkit.audit.fixes.spf_senders import lost_senders
from benchkit.audit.records.dmarc import is_dmarc
from benchkit.audit.records.spf import is_spf
from benchkit.errors import BUG
from benchkit.model.audit import AuditReport
from benchkit.model.finding import Status
from benchkit.model.record_fix import RecordFix, value_of
from tests.audit.fixes.faulty_zones import DMARC, KEY, MX, ZONES
from tests.audit.fixes.published import HEAD, audited, for_now, published
from tests.audit.fixes.test_spf_text import ERRORS

# Rules that say more about a record once it can be read at all
EVALUATED = ("spf_", "dkim_inferred_senders", "dmarc_policy", "gmail_", "yahoo_", "microsoft_")


def published_and_checked(lines: str, folder: Path) -> tuple[AuditReport, AuditReport, str]:
    """The audits before and after, and the new zone. What must hold for every zone is asserted here."""
    before = audited(HEAD + lines, folder)
    fixes = for_now(before)
    zone = published(HEAD + lines, fixes)
    after = audited(zone, folder)
    assert not [finding for finding in (*before.findings, *after.findings) if BUG in finding.message]
    assert (after.score or 0) >= (before.score or 0)
    assert not added_faults(before, after)
    assert not [*without_advice(before), *without_advice(after)]
    assert_no_alternatives(before.fixes)
    undecided = {(name, kind) for name, kind in duplicates(before) if not any(fix.name == name for fix in fixes)}
    assert duplicates(after) == undecided, "two records of a kind"
    assert_no_sender_is_lost(fixes)
    assert not [fix for fix in for_now(after) if fix not in fixes], "the fixes of the fixed zone"
    return before, after, zone


def without_advice(report: AuditReport) -> list[str]:
    """The rules that say what is wrong, and not what to do."""
    bad = (Status.FAIL, Status.WARN)
    return [finding.rule for finding in report.findings if finding.status in bad and not finding.advice]


def added_faults(before: AuditReport, after: AuditReport) -> set[str]:
    bad = (Status.FAIL, Status.WARN)
    was, now = ({finding.rule for finding in each.findings if finding.status in bad} for each in (before, after))
    return {rule for rule in now - was if not rule.startswith(EVALUATED)}


def assert_no_alternatives(fixes: Sequence[RecordFix]) -> None:
    """One new record for now, and one for later that begins where the first ends."""
    now = {(fix.what, fix.name): fix for fix in fixes if fix.is_for_now}
    later = {(fix.what, fix.name): fix for fix in fixes if fix.when}
    assert len(now) + len(later) == len([fix for fix in fixes if not fix.ask])
    assert all(later[key].before == now[key].after for key in now.keys() & later.keys())


def duplicates(report: AuditReport) -> set[tuple[str, str]]:
    """The names with several SPF or DMARC records."""
    texts = [
        (answer.name, value_of(record))
        for answer in report.answers
        if answer.type == "TXT"
        for record in answer.records
    ]
    kinds = Counter(
        (name, kind)
        for name, text in set(texts)
        for kind, wanted in (("spf", is_spf), ("dmarc", is_dmarc))
        if wanted(text)
    )
    return {key for key, number in kinds.items() if number > 1}


def assert_no_sender_is_lost(fixes: list[RecordFix]) -> None:
    """But for those that the fix names as removed."""
    for fix in (each for each in fixes if each.what == "SPF record"):
        (new,) = fix.after
        assert "+all" not in value_of(new)
        old = [" ".join(part.decode("latin-1") for part in record.strings) for record in fix.before]
        removed = " ".join(change for change in fix.changes if "was removed" in change)
        assert not [sender for sender in lost_senders(old, value_of(new)) if sender not in removed]


@pytest.mark.parametrize("name", ZONES)
def test_all_fixes_published(name: str, tmp_path: Path) -> None:
    lines, passing, outcome = ZONES[name]
    before, after, zone = published_and_checked(lines, tmp_path)
    assert ((after.score or 0) > (before.score or 0)) == (outcome == "better"), (before.score, after.score)
    for ip in passing:
        assert audited(zone, tmp_path, ip=ip).spf.result == "pass", ip


@pytest.mark.parametrize("written", ERRORS)
def test_each_typing_error_published(written: str, tmp_path: Path) -> None:
    published_and_checked(
        f'@ IN TXT "{written.replace(chr(92), chr(92) * 2)}"\n'.replace('@ IN TXT "', '@ IN TXT "v=spf1 ')
        + MX
        + KEY
        + DMARC,
        tmp_path,
    )
