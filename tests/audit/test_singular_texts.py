"""One of a thing is said in the singular in every finding, and advice names what to remove."""

from __future__ import annotations

import pytest

from benchkit.audit.checks.dmarc_removed_tags import ADVICE, _has_effect
from benchkit.audit.checks.message_mime import RULE
from benchkit.audit.records.dmarc import DmarcRecord, Policy
from benchkit.audit.records.tags import TagList
from benchkit.model.counts import with_singular


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("1 parts, as MIME requires", "1 part, as MIME requires"),
        ("1 hops", "1 hop"),
        ("v=spf1 records", "v=spf1 records"),
        ("11 octets", "11 octets"),
        ("1 NUL octets", "1 NUL octets"),
    ],
)
def test_a_finding_counts_one_thing_in_the_singular(message: str, said: str) -> None:
    assert RULE.passed("shop.example", message).message == said
    assert RULE.finding("nul", "shop.example", message).message == with_singular(message)


def test_advice_on_removed_tags_names_the_tag() -> None:
    assert all("{tag}" in advice for advice in ADVICE.values())


@pytest.mark.parametrize(
    ("policy", "pct", "waits"),
    [
        (Policy.REJECT, "10", True),
        (Policy.REJECT, "200", False),
        (Policy.NONE, "10", False),
        (Policy.REJECT, "x", False),
    ],
)
def test_only_a_percentage_of_an_enforced_policy_waits_for_the_reports(policy: Policy, pct: str, waits: bool) -> None:
    assert _has_effect(DmarcRecord("", TagList("", (), ()), p=policy), pct) is waits
