"""Whether a record in several strings still has its blanks where one string ends and the next begins."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.spf_record import spf_record
from benchkit.audit.fixes import replacement
from benchkit.audit.records.spf import parse_spf
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="spf_split",
    mechanism=AuditedMechanism.SPF,
    title="The record's strings join without losing a blank",
    reference="RFC 7208 §3.3",
    text="One string of a TXT record holds at most 255 octets; a longer record is several strings, and receivers join "
    "them with nothing in between. Where a string ends with a term and the next begins with another, the blank "
    "between them is lost, and two terms become one that is none. End the string with the blank, or begin the "
    "next one with it.",
    cases={"joined": Case(Status.FAIL, "Two terms run together where two strings meet.", 0)},
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(spf_record)
    if found.parsed is None or len(strings := found.records[0].strings) < 2:
        return
    evidence, told = [found.answer], f"{len(strings)} strings of {', '.join(str(len(each)) for each in strings)} octets"
    mended = b" ".join(each.strip() for each in strings).decode("latin-1")
    if found.parsed.valid or not parse_spf(mended).valid:
        yield RULE.passed(context.domain, told, evidence=evidence)
    else:
        message = f"{told}: without a blank between them two terms become one"
        fix = replacement.replace_txt(replacement.holder(found.answer), found.records, mended)
        yield RULE.finding("joined", context.domain, message, evidence=evidence, paste=fix)


CHECK = Check(RULE, judge)
