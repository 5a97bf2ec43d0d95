"""What every check must guarantee: it reports only its own cases, with evidence, and a lost answer is never a fact."""

from __future__ import annotations

import asyncio
import random
import re
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import ClassVar

import pytest

from benchkit.audit.audit_context import AuditContext, Options
from benchkit.audit.engine import run_check
from benchkit.audit.rule import PASSED, Check
from benchkit.errors import BUG
from benchkit.model.dns import Answer, AnswerState, Ask, Record
from benchkit.model.finding import Finding, Status
from benchkit.resolver import from_zone
from benchkit.testing.audit_events import watched
from benchkit.testing.suite import Suite, only
from benchkit.testing.zones import NEWS, OFFICE, PARKED, REST

Question = tuple[str, str]  # name, type
Change = Callable[[Answer], Answer]
GARBAGE = (b"", b"\xff\x00\x80", b"v=" + b"x" * 3000, b"v=spf1 " + b"include:" * 60, b"v=DMARC1; p=; =;;", b"%" * 255)


@dataclass(frozen=True, slots=True)
class CheckedZone:
    """A domain with zone files, as `benchkit audit DOMAIN --zone FILE` reads them, and the caller's options."""

    domain: str
    files: tuple[Path, ...]
    options: Options = Options()  # noqa: RUF009 (frozen)

    def ask(self, change: Change = lambda answer: answer, *, late: random.Random | None = None) -> Ask:
        """The zone's answers, each changed; `late` delays some until after answers that were asked later."""
        zone = _zone(self.files)

        async def ask(name: str, type: str) -> Answer:  # noqa: A002
            for _ in range(late.randrange(8) if late else 0):
                await asyncio.sleep(0)
            return change(await zone(name, type))

        return ask


@cache
def _zone(files: tuple[Path, ...]) -> Ask:
    return from_zone(files)


ZONES = (
    CheckedZone("office.example", (OFFICE, REST)),
    CheckedZone("news.brand.example", (NEWS, REST)),
    CheckedZone("parked.example", (PARKED, REST)),
)


@dataclass(frozen=True, slots=True)
class CheckCase:
    """A check and the zones that it is tried on: in at least one of them it should find something.

    `silent` is for a check that finds nothing without connections, recorded mail, or whatever else no zone file holds.
    `lose_each` 1 loses every answer in turn, 9 each ninth one: for checks that ask much, and are tried elsewhere too.
    """

    check: Check
    zones: Sequence[CheckedZone] = ZONES
    silent: bool = False
    lose_each: int = 1

    @property
    def label(self) -> str:
        return self.check.rule.name

    def run(self, zone: CheckedZone, ask: Ask | None = None) -> tuple[list[Finding], tuple[Answer, ...]]:
        """The check's findings, and all answers that it got. Each name server answers like the resolver."""
        asked = ask or zone.ask()
        context = AuditContext(zone.domain, asked, replace(zone.options, authorities=lambda _domain, _address: asked))
        return asyncio.run(run_check(self.check, context)), context.answers

    def found(self, zone: CheckedZone, ask: Ask | None = None) -> list[Finding]:
        return self.run(zone, ask)[0]

    def questions(self, zone: CheckedZone) -> list[Question]:
        return sorted({(answer.name, answer.type) for answer in self.run(zone)[1]})


class CheckSuite(Suite):
    """Set `cases` to one CheckCase for each check."""

    cases: ClassVar[Sequence[CheckCase]] = ()

    def test_its_rule_is_a_manual_page(self, case: CheckCase) -> None:
        """`benchkit explain RULE` prints it, and docs/audit.md is made of it."""
        rule = case.check.rule
        assert rule.name.isidentifier()
        assert rule.title
        assert rule.reference
        assert len(rule.text) > 60
        assert rule.cases
        for name, one in rule.cases.items():
            assert re.fullmatch("[a-z0-9_]+", name)
            assert one.meaning.endswith(".")
        assert {*case.check.by_evidence, *case.check.regardless} <= {*rule.cases, PASSED}

    @only(lambda case: not case.silent)
    def test_it_finds_something_in_one_of_the_zones(self, case: CheckCase) -> None:
        assert any(case.found(zone) for zone in case.zones), (
            "give it a zone in which it speaks, or say that it is silent"
        )

    def test_it_says_nothing_twice(self, case: CheckCase) -> None:
        for zone in case.zones:
            found = case.found(zone)
            assert not [finding for finding in found if found.count(finding) > 1]

    def test_its_findings_are_of_its_own_cases(self, case: CheckCase) -> None:
        rule = case.check.rule
        for finding in self._all(case):
            name, _, which = finding.rule.partition(".")
            assert name == rule.name
            assert finding.subject
            assert finding.message
            assert finding.reference
            if which:
                assert finding.status is rule.cases[which].status
            else:
                assert finding.status in (Status.PASS, Status.UNKNOWN)

    def test_what_costs_points_has_evidence(self, case: CheckCase) -> None:
        """Answers that the check was given; a reader can repeat the question."""
        for zone in case.zones:
            findings, answers = case.run(zone)
            for finding in findings:
                assert finding.evidence or finding.status not in (Status.FAIL, Status.WARN), finding.rule
                assert set(finding.evidence) <= set(answers), finding.rule

    def test_the_same_answers_give_the_same_findings(self, case: CheckCase) -> None:
        """Word for word, in the same order, whichever answer comes first."""
        for zone in case.zones:
            first = case.found(zone)
            assert case.found(zone) == first
            for seed in range(2):
                assert case.found(zone, zone.ask(late=random.Random(seed))) == first

    def test_its_words_can_be_shown(self, case: CheckCase) -> None:
        for finding in self._all(case):
            for text in (finding.subject, finding.message, finding.advice):
                assert not re.search(r"0x[0-9a-f]{6,}|[\x00-\x09\x0b-\x1f]", text), text

    def test_it_opens_no_connection(self, case: CheckCase) -> None:
        """The context's `ask` is a check's only way to the DNS, and the probes of its options to anything else."""

        tried: list[tuple[object, ...]] = []

        def refuse(*arguments: object, **_: object) -> None:
            tried.append(arguments)
            raise OSError("no connection in this test")

        with pytest.MonkeyPatch.context() as patch:
            for name in ("connect", "connect_ex", "sendto"):
                patch.setattr(socket.socket, name, refuse)
            for name in ("getaddrinfo", "gethostbyname", "create_connection"):
                patch.setattr(socket, name, refuse)
            for zone in case.zones:
                case.found(zone)
        assert not tried, "it connects by itself"

    def test_it_writes_no_file_and_never_blocks_the_event_loop(self, case: CheckCase) -> None:
        """All checks share one loop: a call that waits stops them all. What imports do is done once, before."""
        for zone in case.zones:
            case.found(zone)
            with watched() as seen:
                case.found(zone)
            assert not seen

    def test_what_costs_points_says_what_to_do(self, case: CheckCase) -> None:
        """In its advice or with a record to publish, also where the zone is empty."""
        for zone in case.zones:
            for change in (lambda answer: answer, *_hostile()):
                for finding in case.found(zone, zone.ask(change)):
                    costs = finding.status in (Status.FAIL, Status.WARN)
                    assert not costs or finding.advice.strip() or finding.fixes, finding.rule

    def test_a_lost_answer_is_never_knowledge(self, case: CheckCase) -> None:
        """Each answer in turn does not come: no claim is new, and one that is gone is replaced by `unknown`."""
        for zone in case.zones:
            full = _claims(case.found(zone))
            for question in case.questions(zone)[:: case.lose_each]:
                found = case.found(zone, zone.ask(_losing(question)))
                assert _claims(found) <= full, question
                unknown = any(finding.status is Status.UNKNOWN for finding in found)
                assert unknown or _claims(found) == full, f"gone without a word: {question}"

    def test_when_every_answer_is_lost_nothing_is_claimed(self, case: CheckCase) -> None:
        for zone in case.zones:
            for state in (AnswerState.TIMEOUT, AnswerState.SERVFAIL, AnswerState.REFUSED):

                def lost(answer: Answer, state: AnswerState = state) -> Answer:
                    return Answer(answer.name, answer.type, state)

                findings, answers = case.run(zone, zone.ask(lost))
                held = [finding for finding in findings if finding.status is not Status.UNKNOWN]
                assert not answers or held == [finding for finding in held if case.check.holds_regardless(finding)]
                assert not [finding for finding in held if finding.status is Status.FAIL], held

    def test_an_empty_zone_and_hostile_records_give_findings(self, case: CheckCase) -> None:
        """A defect of a check becomes an `unknown` that says so: here it is a failure."""
        for zone in case.zones:
            for change in _hostile():
                self._no_defect(case.found(zone, zone.ask(change)))

    def _all(self, case: CheckCase) -> list[Finding]:
        findings = [finding for zone in case.zones for finding in case.found(zone)]
        self._no_defect(findings)
        return findings

    def _no_defect(self, findings: Sequence[Finding]) -> None:
        assert not [finding.message for finding in findings if BUG in finding.message]


def _claims(findings: Sequence[Finding]) -> set[tuple[str, str, str]]:
    known = [finding for finding in findings if finding.status is not Status.UNKNOWN]
    return {(finding.rule, finding.subject, finding.status.value) for finding in known}


def _losing(question: Question) -> Change:
    def change(answer: Answer) -> Answer:
        lost = (answer.name, answer.type) == question
        return Answer(answer.name, answer.type, AnswerState.TIMEOUT) if lost else answer

    return change


def _hostile() -> Iterator[Change]:
    """No record at all; then TXT records that are not a policy, are too long, or are there twice."""
    yield lambda answer: Answer(answer.name, answer.type, AnswerState.NXDOMAIN)
    yield lambda answer: Answer(answer.name, answer.type, AnswerState.NODATA)
    yield from (partial(_with_garbage, shift=shift) for shift in range(2))


def _with_garbage(answer: Answer, *, shift: int) -> Answer:
    if answer.type != "TXT":
        return answer
    octets = GARBAGE[(len(answer.name) + shift) % len(GARBAGE)]
    record = Record("TXT", octets.decode("latin-1"), (octets,))
    return replace(answer, state=AnswerState.OK, records=(record,) * (1 + shift))
