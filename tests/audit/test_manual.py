"""Every rule is told whole, in `benchkit explain` and in docs/audit.md, which is what the rules say and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchkit.audit.checks import CHECKS
from benchkit.model.finding import Status
from benchkit.report.audit_manual import manual, rule_page

PAGE = Path(__file__).parents[2] / "docs" / "audit.md"


def test_page_is_made_of_the_rules() -> None:
    rules = [CHECKS[name].rule for name in CHECKS.names()]
    assert PAGE.read_text("utf-8") == manual(rules), "benchkit explain all > docs/audit.md"


@pytest.mark.parametrize("name", CHECKS.names())
def test_rule(name: str) -> None:
    rule = CHECKS[name].rule
    assert rule.name == name
    assert rule.reference
    assert len(rule.text) > 100
    assert all(case.meaning.endswith(".") for case in rule.cases.values())
    assert all(
        not case.cost for case in rule.cases.values() if case.status in (Status.INFO, Status.UNKNOWN, Status.PASS)
    )
    assert name in rule_page(rule)
