"""Every rule is told whole, in `benchkit explain` and in docs/audit.md, which is what the rules say and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchkit.audit.checks import CHECKS
from benchkit.audit.examples import EXAMPLES, ExampleKind, shown
from benchkit.audit.examples.example import LONG_KEY
from benchkit.cli.main import app
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


@pytest.mark.parametrize("name", [name for name, example in EXAMPLES.items() if example.kind is ExampleKind.ZONE])
def test_an_example_of_a_zone_can_be_pasted(name: str) -> None:
    """It is the audited text, line for line; only a key is shortened."""
    for text in (EXAMPLES[name].wrong, EXAMPLES[name].right):
        lines = text.strip("\n").split("\n")
        assert [line for line in lines if not LONG_KEY.search(line)] == [
            line for line in shown(text).split("\n") if "…" not in line
        ]
        assert all(len(line) <= 150 or LONG_KEY.search(line) for line in lines)


@pytest.mark.parametrize("name", ["DMARC", "SPF_ALL.PLUS", "Spf_Lookups", "SES"])
def test_letter_case_does_not_matter(name: str) -> None:
    asked, lower = (CliRunner().invoke(app, ["explain", each]) for each in (name, name.lower()))
    assert (asked.exit_code, asked.stdout) == (0, lower.stdout)
