"""The score: a hundred less the itemised points of every rule that failed or warned.

Law: unknown costs nothing and earns nothing; a rule costs once, by its worst case, however many subjects it has, and so does a
cause with all that follows from it. Without a word from the zone about SPF and DMARC there is no score.
"""

from __future__ import annotations

from collections.abc import Sequence

from benchkit.audit.rule import Check
from benchkit.model.audit import AuditedMechanism, Deduction
from benchkit.model.finding import Finding, Status

FULL = 100
CORE = (AuditedMechanism.SPF, AuditedMechanism.DMARC)


def deductions(findings: Sequence[Finding], checks: Sequence[Check]) -> tuple[Deduction, ...]:
    """The costliest first."""
    most_expensive: dict[str, Deduction] = {}
    for finding in findings:
        if points := cost(finding, checks):
            cause = (finding.follows or finding.rule).partition(".")[0]
            item = Deduction(finding.rule, points, f"{finding.subject}: {finding.message}")
            most_expensive[cause] = max(most_expensive.get(cause, item), item, key=lambda each: each.points)
    return tuple(sorted(most_expensive.values(), key=lambda each: (-each.points, each.rule)))


def cost(finding: Finding, checks: Sequence[Check]) -> int:
    """The points of a finding by itself."""
    name, _, case = finding.rule.partition(".")
    if not case or finding.status not in (Status.WARN, Status.FAIL):
        return 0
    return next(check.rule.cases[case].cost for check in checks if check.rule.name == name)


def score(taken: Sequence[Deduction], verdicts: dict[AuditedMechanism, Status]) -> int | None:
    """0 to 100, or None where nothing is known of SPF and of DMARC."""
    if all(verdicts.get(mechanism, Status.UNKNOWN) is Status.UNKNOWN for mechanism in CORE):
        return None
    return max(0, FULL - sum(item.points for item in taken))
