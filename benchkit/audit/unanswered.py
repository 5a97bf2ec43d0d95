"""If an answer did not come, what a check may still say: never that a record is missing.

A finding that remains is one that the full answers would give too, or `unknown`. A check that needed a missing answer reports
`unknown` and names it, so its finding is never silently absent.
"""

from __future__ import annotations

from collections.abc import Sequence

from benchkit.audit.audit_context import AskedOf, AuditContext
from benchkit.audit.rule import Check
from benchkit.model.finding import Finding, Status


def known_findings(
    check: Check, context: AuditContext, found: Sequence[tuple[Finding, int]], read: Sequence[AskedOf]
) -> list[Finding]:
    """`found` has each finding with how many of the questions in `read` had been read when the check made it."""
    unanswered = context.unanswered(read)
    if not unanswered:
        return [finding for finding, _ in found]
    first = next(at for at, question in enumerate(read) if context.unanswered([question]))
    kept = [each for each, count in found if count <= first or each.status is Status.UNKNOWN or check.is_proved(each)]
    named = {(answer.name, answer.type) for each in kept if _names_them(check, each) for answer in each.evidence}
    unnamed = sorted(
        (each for each in unanswered if (each.name, each.type) not in named), key=lambda each: (each.name, each.type)
    )
    return [*kept, *([check.rule.unknown(context.domain, unnamed)] if unnamed else [])]


def _names_them(check: Check, finding: Finding) -> bool:
    """Whether the finding itself tells which answers did not come."""
    return finding.status is Status.UNKNOWN or check.holds_regardless(finding)
