"""Wrong checks: a timeout taken for a missing record, findings without evidence or of no case, and ways around the context."""

from __future__ import annotations

import asyncio
import random
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from tempfile import TemporaryFile

from benchkit.audit.audit_context import AuditContext, noting_reads
from benchkit.audit.checks import CHECKS
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.dns import Answer, AnswerState
from benchkit.model.finding import Finding, Status
from benchkit.testing.check_suite import CheckCase, CheckSuite
from tests.conformance.mutants.mutant import Mutant

RULE = Rule(
    name="tls_reports",
    mechanism=AuditedMechanism.TRANSPORT,
    title="the domain asks for TLS reports",
    reference="RFC 8460 §3",
    text="A record at `_smtp._tls` asks senders for reports about TLS. Publish one, so that you hear of failures.",
    cases={"missing": Case(Status.WARN, "There is no such record.", advice="Publish one.")},
)
LOST = "test_a_lost_answer_is_never_knowledge"
OWN, EVIDENCE = "test_its_findings_are_of_its_own_cases", "test_what_costs_points_has_evidence"
STABLE = "test_the_same_answers_give_the_same_findings"
Judge = Callable[[AuditContext], AsyncIterator[Finding]]


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    """The right one."""
    answer = await context.ask(f"_smtp._tls.{context.domain}", "TXT")
    if any(record.strings[0].startswith(b"v=TLSRPTv1") for record in answer.records if record.strings):
        yield RULE.passed(context.domain, "a record", evidence=[answer])
    else:
        yield RULE.finding("missing", context.domain, "no record", evidence=[answer])


RIGHT = Check(RULE, judge)


def changed(change: Callable[[Finding], Finding]) -> Check:
    async def wrong(context: AuditContext) -> AsyncIterator[Finding]:
        async for finding in judge(context):
            yield change(finding)

    return Check(RULE, wrong)


async def unnoted(context: AuditContext) -> AsyncIterator[Finding]:
    """Asks ahead of time, and judges by that: nothing knows that it has read the answer."""
    answer = await context.prefetch(f"_smtp._tls.{context.domain}", "TXT")
    if not answer.records:
        yield RULE.finding("missing", context.domain, "no record", evidence=[answer])


async def says_nothing(context: AuditContext) -> AsyncIterator[Finding]:
    """A lost answer is passed over in silence."""
    answer = await context.prefetch(f"_smtp._tls.{context.domain}", "TXT")
    if answer.state.known:
        async for finding in judge(context):
            yield finding


async def first_to_come(context: AuditContext) -> AsyncIterator[Finding]:
    """In the order in which the answers came."""
    came: list[str] = []

    async def one(kind: str) -> None:
        answer = await context.ask(context.domain, kind)
        came.append(answer.type)

    await asyncio.gather(one("MX"), one("TXT"), one("NS"), one("SOA"))
    yield RULE.passed(context.domain, " ".join(came))


async def connects(context: AuditContext) -> AsyncIterator[Finding]:
    try:
        with socket.socket() as own:
            own.settimeout(0.1)
            own.connect(("127.0.0.1", 9))
    except OSError:
        pass
    async for finding in judge(context):
        yield finding


async def looks_up(context: AuditContext) -> AsyncIterator[Finding]:
    """By the system's resolver, not by the context's."""
    socket.getaddrinfo("127.0.0.1", 25)
    async for finding in judge(context):
        yield finding


async def trusts_text(context: AuditContext) -> AsyncIterator[Finding]:
    answer = await context.ask(f"_smtp._tls.{context.domain}", "TXT")
    text = b"".join(answer.records[0].strings).decode("ascii") if answer.records else ""
    version, _, _ = text.partition(";")
    name, value = version.split("=") if text else ("v", "")
    yield RULE.passed(context.domain, f"{name} {value}", evidence=[answer])


async def never_speaks(context: AuditContext) -> AsyncIterator[Finding]:
    answer = await context.ask(f"_smtp._tls.{context.domain}", "TXT")
    if answer.type == "MX":
        yield RULE.passed(context.domain, "never", evidence=[answer])


async def repeats(context: AuditContext) -> AsyncIterator[Finding]:
    async for finding in judge(context):
        yield finding
        yield finding


async def borrowed(context: AuditContext) -> AsyncIterator[Finding]:
    """An answer that it made itself, as evidence."""
    answer = await context.ask(f"_smtp._tls.{context.domain}", "TXT")
    yield RULE.finding("missing", context.domain, "no record", evidence=[replace(answer, name=f"x.{answer.name}")])


async def writes(context: AuditContext) -> AsyncIterator[Finding]:
    """A cache of its own."""
    with TemporaryFile("wb") as own:
        own.write(b"cached")
    async for finding in judge(context):
        yield finding


async def sleeps(context: AuditContext) -> AsyncIterator[Finding]:
    """A pause between questions that stops every other check."""
    time.sleep(0.001)  # noqa: ASYNC251 (what the suite must catch)
    async for finding in judge(context):
        yield finding


def credulous(name: str) -> Check:
    """The real check, told "no such name" of every answer that does not come, and with nothing noted of what it reads."""
    real = CHECKS[name]

    async def wrong(context: AuditContext) -> AsyncIterator[Finding]:
        async def ask(name: str, type: str) -> Answer:  # noqa: A002
            answer = await context.prefetch(name, type)
            return answer if answer.state.known else replace(answer, state=AnswerState.NXDOMAIN)

        with noting_reads():
            careless = AuditContext(context.domain, ask, context.options)
            found = [finding async for finding in real.judge(careless)]
        for finding in found:
            yield finding

    return replace(real, judge=wrong)


ROWS: list[tuple[str, str, Check]] = [
    (LOST, "a timeout taken for a missing record", Check(RULE, judge, regardless=("missing",))),
    (LOST, "reads answers that are not noted", Check(RULE, unnoted)),
    (LOST, "silent when an answer is lost", Check(RULE, says_nothing)),
    (LOST, "a timeout taken for no record", credulous("dmarc_record")),
    (LOST, "a timeout taken for no MX", credulous("mx_records")),
    ("test_when_every_answer_is_lost_nothing_is_claimed", "claims without any answer", Check(RULE, unnoted)),
    (OWN, "a case of another rule", changed(lambda finding: replace(finding, rule="spf_all.missing"))),
    (OWN, "another status than its case has", changed(lambda finding: replace(finding, status=Status.FAIL))),
    (OWN, "no message", changed(lambda finding: replace(finding, message=""))),
    (EVIDENCE, "no evidence", changed(lambda finding: replace(finding, evidence=()))),
    (EVIDENCE, "evidence that is no answer of the resolver", Check(RULE, borrowed)),
    (STABLE, "words in the order in which answers came", Check(RULE, first_to_come)),
    (STABLE, "a random word", changed(lambda finding: replace(finding, message=f"{random.random()}"))),
    ("test_its_words_can_be_shown", "an object's address in its words",
     changed(lambda finding: replace(finding, message=repr(object())))),
    ("test_it_opens_no_connection", "a connection of its own", Check(RULE, connects)),
    ("test_it_writes_no_file_and_never_blocks_the_event_loop", "writes a file", Check(RULE, writes)),
    ("test_it_writes_no_file_and_never_blocks_the_event_loop", "sleeps in the event loop", Check(RULE, sleeps)),
    ("test_what_costs_points_says_what_to_do", "no advice", changed(lambda finding: replace(finding, advice=""))),
    ("test_it_opens_no_connection", "the system's resolver", Check(RULE, looks_up)),
    ("test_an_empty_zone_and_hostile_records_give_findings", "every record is ASCII", Check(RULE, trusts_text)),
    ("test_it_says_nothing_twice", "every finding twice", Check(RULE, repeats)),
    ("test_it_finds_something_in_one_of_the_zones", "it never speaks", Check(RULE, never_speaks)),
    ("test_its_rule_is_a_manual_page", "no text", Check(replace(RULE, text=""), judge)),
]  # fmt: skip


def mutants() -> Iterator[Mutant]:
    for test, fault, wrong in ROWS:
        right = CHECKS[wrong.rule.name] if wrong.rule.name in CHECKS.names() else RIGHT
        yield Mutant(fault, CheckSuite, test, CheckCase(wrong), CheckCase(right))
