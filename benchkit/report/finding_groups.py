"""Findings in the order for a reader: each cause with what follows from it, and unknown results once for each missing answer.

Law: nothing is left out; a rule that cannot be judged is named in the line of the answers that it needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchkit.audit.causes import grouped
from benchkit.model.dns import ALIAS_LOOP, Answer, is_alias_loop
from benchkit.model.finding import Finding, Status
from benchkit.model.record_fix import RecordFix
from benchkit.report.fix_words import heading

FIRST = 5  # in the list of what to do first
SHORT = 110  # characters of a reason in that list
NAMED = 3  # answers of one line
BAD = (Status.FAIL, Status.WARN)


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """`cause` and what `follows` from it."""

    cause: Finding
    follows: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class UnknownGroup:
    """Rules that cannot be judged, because the same answers did not come."""

    rules: tuple[str, ...]
    answers: tuple[Answer, ...]
    message: str
    advice: str


def finding_groups(findings: Sequence[Finding]) -> list[FindingGroup]:
    """In the order of the findings, without those that are unknown."""
    known = [finding for finding in findings if finding.status is not Status.UNKNOWN]
    return [group for members in grouped(known) for group in _groups(members)]


def unknown_groups(findings: Sequence[Finding]) -> list[UnknownGroup]:
    """Those whose answers were lost in the same way are one group: one resolver, or one zone, is the cause."""
    groups: dict[frozenset[str], list[Finding]] = {}
    for number, finding in enumerate(each for each in findings if each.status is Status.UNKNOWN):
        ways = frozenset(_way(answer) for answer in _lost(finding)) or frozenset([f"{number}"])
        same = next((each for each in groups if each & ways), ways)
        groups.setdefault(same, []).append(finding)
    return [_unknown(members) for members in groups.values()]


def do_first(findings: Sequence[Finding]) -> list[str]:
    """At most five things, each once, in the order of what they cost."""
    steps: list[str] = []
    seen: set[RecordFix | str] = set()
    for group in finding_groups(findings):
        action = _action(group)
        key = next((fix for fix in _now(group.cause)), action)
        if group.cause.status in BAD and action and key not in seen:
            seen.add(key)
            steps.append(f"{action} ({_short(group.cause.message)})")
    return steps[:FIRST]


def _groups(members: Sequence[Finding]) -> Iterator[FindingGroup]:
    causes = [each for each in members if not each.follows]
    effects = tuple(each for each in members if each.follows)
    for number, cause in enumerate(causes, 1):
        yield FindingGroup(cause, effects if number == len(causes) else ())


def _action(group: FindingGroup) -> str:
    """What to do about a cause: publish its fix, ask for it, or what its advice says; "" where that comes later."""
    for fix in _now(group.cause):
        if fix.unless:
            return heading(fix)
        return f"Publish the new {fix.what} of {fix.name}" if fix.after else f"Remove the {fix.what} of {fix.name}"
    for fix in group.cause.fixes:
        return heading(fix) if fix.ask else ""
    return group.cause.advice.rstrip(".")


def _short(message: str) -> str:
    return message if len(message) <= SHORT else f"{message[: SHORT - 1].rstrip(' ,')}…"


def _now(finding: Finding) -> list[RecordFix]:
    return [fix for fix in finding.fixes if fix.is_for_now]


def _lost(finding: Finding) -> list[Answer]:
    return [answer for answer in finding.evidence if not answer.state.known]


def _way(answer: Answer) -> str:
    """How it was lost."""
    return ALIAS_LOOP if is_alias_loop(answer) else answer.state.value


def _unknown(members: Sequence[Finding]) -> UnknownGroup:
    answers = tuple(dict.fromkeys(answer for each in members for answer in _lost(each)))
    rules = tuple(dict.fromkeys(each.rule for each in members))
    first = members[0]
    if not answers:
        return UnknownGroup(rules, answers, first.message, first.advice)
    named = [f"{answer.name} {answer.type} ({_way(answer)})" for answer in answers[:NAMED]]
    more = f" and {len(answers) - NAMED} more" if len(answers) > NAMED else ""
    what = f"{rules[0]} cannot be judged" if len(rules) == 1 else f"{len(rules)} rules cannot be judged"
    return UnknownGroup(rules, answers, f"{what}: no answer to {', '.join(named)}{more}", first.advice)
