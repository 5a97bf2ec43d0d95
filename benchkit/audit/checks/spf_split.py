"""Whether a record in several strings has a space where one string ends and the next begins."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import pairwise

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.spf_record import spf_record
from benchkit.audit.fixes.spf_record import spf_fix
from benchkit.audit.fixes.spf_text import lost_blank
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="spf_split",
    mechanism=AuditedMechanism.SPF,
    title="The record's strings join without losing a space",
    reference="RFC 7208 §3.3",
    text="One string of a TXT record holds at most 255 octets. A longer record is several strings, and receivers join "
    "them without a space. If one string ends with a term and the next begins with another, the space between "
    "them is missing, and two terms become one invalid term. End the string with a space, or begin the next one "
    "with it.",
    cases={
        "joined": Case(Status.FAIL, "A space is missing where two strings join: two terms become one invalid term.", 25)
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(spf_record)
    if found.parsed is None or len(strings := found.records[0].strings) < 2:
        return
    evidence, sizes = (
        [found.answer],
        f"{len(strings)} strings of {', '.join(str(len(each)) for each in strings)} octets",
    )
    if lost := _lost_blanks(strings):
        pairs = ", ".join(f"`{left}` and `{right}`" for left, right in lost)
        message = f"{sizes}: receivers join them without a space, so {pairs} become one term"
        advice = "End the string with a space, or begin the next one with it."
        fixes = (await spf_fix(context)).fixes
        yield RULE.finding("joined", context.domain, message, evidence=evidence, advice=advice, fixes=fixes)
    else:
        yield RULE.passed(context.domain, sizes, evidence=evidence)


def _lost_blanks(strings: tuple[bytes, ...]) -> list[tuple[str, str]]:
    """The pairs of terms that run together."""
    texts = [each.decode("latin-1") for each in strings]
    return [lost for left, right in pairwise(texts) if (lost := lost_blank(left, right))]


CHECK = Check(RULE, judge)
