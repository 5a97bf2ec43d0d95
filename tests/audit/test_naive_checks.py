"""A check that takes a lost answer for an absent record, as a careless author would write it, says `unknown` all the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.engine import run_check
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.dns import Answer, AnswerState, Record
from benchkit.model.finding import Finding, Status

RULE = Rule(
    "naive",
    AuditedMechanism.DNS,
    "Naive",
    "none",
    "",
    {"missing": Case(Status.FAIL, "."), "there": Case(Status.WARN, ".")},
)
Judge = Callable[[AuditContext], AsyncIterator[Finding]]


async def ask(name: str, type: str) -> Answer:  # noqa: A002
    if name.startswith("lost"):
        return Answer(name, type, AnswerState.TIMEOUT)
    return Answer(name, type, AnswerState.OK, (Record("A", "192.0.2.1"),))


async def reads_absence(context: AuditContext) -> AsyncIterator[Finding]:
    answer = await context.ask("lost.example", "A")
    yield RULE.passed("x", "there") if answer.records else RULE.finding("missing", "x", "no record", evidence=[answer])


async def _is_missing(context: AuditContext) -> bool:
    return not (await context.ask("lost.example", "A")).records


async def by_a_fact(context: AuditContext) -> AsyncIterator[Finding]:
    if await context.fact(_is_missing):
        yield RULE.finding("missing", "x", "no record")


async def by_a_fact_of_another(context: AuditContext) -> AsyncIterator[Finding]:
    await context.fact(_is_missing)  # made here first, so that the next only waits for it
    async for finding in by_a_fact(context):
        yield finding


async def all_at_once(context: AuditContext) -> AsyncIterator[Finding]:
    answers = await asyncio.gather(*(context.ask(f"{name}.example", "A") for name in ("a", "lost", "b")))
    yield (
        RULE.passed("x", "all are there")
        if all(each.records for each in answers)
        else RULE.finding("missing", "x", "some")
    )


async def silent(context: AuditContext) -> AsyncIterator[Finding]:
    if (await context.ask("lost.example", "A")).records:
        yield RULE.finding("there", "x", "there")


@pytest.mark.parametrize("judge", [reads_absence, by_a_fact, by_a_fact_of_another, all_at_once, silent])
def test_it_says_unknown_and_nothing_else(judge: Judge) -> None:
    (finding,) = asyncio.run(run_check(Check(RULE, judge), AuditContext("x.example", ask)))
    assert finding.status is Status.UNKNOWN
    assert [each.name for each in finding.evidence] == ["lost.example"]


async def early_and_late(context: AuditContext) -> AsyncIterator[Finding]:
    first = await context.ask("a.example", "A")
    yield RULE.finding("there", "early", "told before the lost answer is read", evidence=[first])
    lost = await context.ask("lost.example", "A")
    yield RULE.finding("there", "late", "told after", evidence=[first])
    yield RULE.finding("there", "from lost", "rests on the lost answer", evidence=[first, lost])


@pytest.mark.parametrize(("by_evidence", "kept"), [((), {"early"}), (("there",), {"early", "late"})])
def test_what_stands(by_evidence: tuple[str, ...], kept: set[str]) -> None:
    found = asyncio.run(run_check(Check(RULE, early_and_late, by_evidence=by_evidence), AuditContext("x.example", ask)))
    assert {each.subject for each in found if each.status is Status.WARN} == kept
    assert [each.status for each in found].count(Status.UNKNOWN) == 1
