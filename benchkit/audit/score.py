"""The score: a hundred less the itemised points of every rule that failed or warned.

Law: unknown costs nothing and earns nothing; a rule costs once, by its worst case, however many subjects it has. Without a
word from the zone about SPF and DMARC there is no score.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchkit.audit.rule import Check
from benchkit.model.audit import AuditedMechanism, Deduction
from benchkit.model.finding import Finding, Status

FULL = 100
CORE = (AuditedMechanism.SPF, AuditedMechanism.DMARC)


def deductions(findings: Sequence[Finding], checks: Iterable[Check]) -> tuple[Deduction, ...]:
    """The costliest first."""
    rules = {check.rule.name: check.rule for check in checks}
    most_expensive: dict[str, Deduction] = {}
    for finding in findings:
        name, _, case = finding.rule.partition(".")
        points = rules[name].cases[case].cost if case else 0
        if points and finding.status in (Status.WARN, Status.FAIL):
            item = Deduction(finding.rule, points, f"{finding.subject}: {finding.message}")
            most_expensive[name] = max(most_expensive.get(name, item), item, key=lambda each: each.points)
    return tuple(sorted(most_expensive.values(), key=lambda each: (-each.points, each.rule)))


def score(taken: Sequence[Deduction], verdicts: dict[AuditedMechanism, Status]) -> int | None:
    """0 to 100, or None where nothing is known of SPF and of DMARC."""
    if all(verdicts.get(mechanism, Status.UNKNOWN) is Status.UNKNOWN for mechanism in CORE):
        return None
    return max(0, FULL - sum(item.points for item in taken))
