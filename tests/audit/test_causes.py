"""The tables of causes and of the headline's parts name rules that exist, and leave no rule out."""

from __future__ import annotations

import pytest

from benchkit.audit.aspects import _BY_MECHANISM, _BY_RULE
from benchkit.audit.causes import _BY_REQUIREMENT, FOLLOWS, grouped, with_causes
from benchkit.audit.checks import CHECKS
from benchkit.audit.tables.receiver_requirements import Requirement
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULES = {name: CHECKS[name].rule for name in CHECKS.names()}
NAMED = {name for effect, causes in FOLLOWS for name in (effect, *causes)} | {
    name for causes in _BY_REQUIREMENT.values() for name in causes
}


@pytest.mark.parametrize("name", sorted(NAMED))
def test_every_cause_and_effect_exists(name: str) -> None:
    rule, dot, case = name.partition(".")
    assert rule in RULES
    assert not dot or case in RULES[rule].cases


def test_every_mechanism_and_requirement_is_placed() -> None:
    assert set(_BY_MECHANISM) == {mechanism.value for mechanism in AuditedMechanism}
    assert set(_BY_RULE) <= set(RULES)
    assert set(_BY_REQUIREMENT) == set(Requirement)


def finding(rule: str, status: Status = Status.FAIL, message: str = "") -> Finding:
    return Finding(rule, status, "shop.example", message)


@pytest.mark.parametrize(
    ("rules", "follows"),
    [
        (("spf_split.joined", "spf_syntax.error"), ("", "spf_split.joined")),
        (
            ("dangling_names.free", "mx_targets.does_not_exist", "both_families.mx_without_ipv4"),
            ("", "dangling_names.free", "dangling_names.free"),
        ),
        (("bimi_record.policy",), ("",)),
        (("dmarc_policy.none", "bimi_record.policy"), ("", "dmarc_policy.none")),
    ],
)
def test_a_cause_of_a_cause_is_the_cause(rules: tuple[str, ...], follows: tuple[str, ...]) -> None:
    made = with_causes([finding(rule) for rule in rules])
    assert tuple(each.follows for each in made) == follows
    assert sum(map(len, grouped(made))) == len(rules)


def test_a_receivers_finding_follows_the_cause_of_what_it_misses() -> None:
    causes = [finding("spf_syntax.error"), finding("dmarc_record.missing")]
    missed = finding("gmail_rules.bulk", message=f"Gmail asks for {Requirement.DMARC} (no record)")
    assert with_causes([*causes, missed])[-1].follows == "dmarc_record.missing"


def test_what_has_passed_follows_nothing() -> None:
    passed = [finding("spf_split.joined"), finding("spf_syntax", Status.PASS)]
    assert [each.follows for each in with_causes(passed)] == ["", ""]
