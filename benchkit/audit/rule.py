"""A rule: the name, reference, text and cases of one check. Severities and points are tables of each rule, and nowhere else.

Law: a rule knows no DNS. `benchkit explain` prints it and docs/audit.md is made of it, so the text is the manual.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchkit.model.audit import AuditedMechanism
from benchkit.model.counts import with_singular
from benchkit.model.dns import Answer, is_alias_loop
from benchkit.model.finding import Finding, Status
from benchkit.model.record_fix import RecordFix

if TYPE_CHECKING:
    from benchkit.audit.audit_context import AuditContext

PASSED = Status.PASS.value  # beside the names of cases in `Check.by_evidence`
AGAIN = "Ask again, or ask another resolver with -n; if it stays so, the zone's servers are at fault."
POINTS = {Status.FAIL: 15, Status.WARN: 5}


@dataclass(frozen=True, slots=True)
class Case:
    """One way in which a check can come out. `points` are taken off the score; by default what the status costs.

    `advice` says what to do where the finding itself says nothing more precise.
    """

    status: Status
    meaning: str
    points: int = -1
    advice: str = ""

    @property
    def cost(self) -> int:
        return self.points if self.points >= 0 else POINTS.get(self.status, 0)


@dataclass(frozen=True, slots=True)
class Rule:
    """`text` says what is checked, why receivers care, and how to fix it."""

    name: str
    mechanism: AuditedMechanism
    title: str
    reference: str
    text: str
    cases: Mapping[str, Case]

    def finding(
        self,
        case: str,
        subject: str,
        message: str,
        *,
        evidence: Sequence[Answer] = (),
        advice: str = "",
        fixes: Sequence[RecordFix] = (),
        reference: str = "",
        span: tuple[int, int] | None = None,
    ) -> Finding:
        """A finding of one of this rule's cases."""
        status = self.cases[case].status
        name = f"{self.name}.{case}"
        where = reference or self.reference
        return Finding(
            name,
            status,
            subject,
            with_singular(message),
            tuple(evidence),
            advice or self.cases[case].advice,
            tuple(fixes),
            where,
            span,
        )

    def passed(self, subject: str, message: str, *, evidence: Sequence[Answer] = ()) -> Finding:
        return Finding(
            self.name, Status.PASS, subject, with_singular(message), tuple(evidence), reference=self.reference
        )

    def unknown(self, subject: str, unanswered: Sequence[Answer]) -> Finding:
        """What rests on answers that did not come: nothing can be said, and which answers they were."""
        message = "cannot be judged: " + "; ".join(_reply_text(answer) for answer in unanswered[:3])
        if len(unanswered) > 3:
            message += f"; and {len(unanswered) - 3} more"
        advice = (
            AGAIN if not all(map(is_alias_loop, unanswered)) else "Give one of the names its own records, not a CNAME."
        )
        return Finding(self.name, Status.UNKNOWN, subject, message, tuple(unanswered), advice, (), self.reference)


@dataclass(frozen=True, slots=True)
class Check:
    """A rule and the function that judges a domain by it; it asks only through the context and never raises.

    A finding is dropped, and `unknown` said in its place, where the check had read an answer that did not come; unless its
    case (or PASSED) is in `by_evidence`: then it is true by the answers in its evidence alone, whatever others would have said.
    """

    rule: Rule
    judge: Callable[[AuditContext], AsyncIterator[Finding]]
    by_evidence: tuple[str, ...] = ()
    regardless: tuple[str, ...] = ()  # cases that hold whichever answers did not come: the check has seen to that

    def is_proved(self, finding: Finding) -> bool:
        """Whether it is true although answers that the check read did not come."""
        whole = all(answer.state.known for answer in finding.evidence)
        return self.holds_regardless(finding) or (_case(finding) in self.by_evidence and whole)

    def holds_regardless(self, finding: Finding) -> bool:
        return _case(finding) in self.regardless


def _case(finding: Finding) -> str:
    return finding.rule.partition(".")[2] or finding.status.value


def sentence(parts: Sequence[str]) -> str:
    """Phrases as sentences, each with a capital letter and a full stop."""
    return " ".join(f"{each[0].upper()}{each[1:]}" + ("" if each.endswith(".") else ".") for each in parts if each)


def unanswered_in(answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """The answers that say nothing about the zone."""
    return tuple(answer for answer in answers if not answer.state.known)


def _reply_text(answer: Answer) -> str:
    if is_alias_loop(answer):
        return f"{answer.name} is an alias that leads back to itself"
    errors = f" ({', '.join(answer.ede)})" if answer.ede else ""
    return f"{answer.name} {answer.type} answered {answer.state.value}{errors}"
