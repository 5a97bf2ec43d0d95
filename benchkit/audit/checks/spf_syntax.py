"""Whether the SPF record follows the grammar: one error anywhere makes the whole record a permerror."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.spf_record import SpfFound, spf_record
from benchkit.audit.fixes.spf_record import SpfFix, spf_fix
from benchkit.audit.records.text import RecordFault, Span, readable
from benchkit.audit.rule import Case, Check, Rule, sentence
from benchkit.model.audit import AuditedMechanism
from benchkit.model.counts import counted
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="spf_syntax",
    mechanism=AuditedMechanism.SPF,
    title="The SPF record follows the grammar",
    reference="RFC 7208 §4.6",
    text="A receiver that finds a syntax error anywhere in the record, even behind a term that matches, returns `permerror`: "
    "the record neither allows nor protects anything. Each finding names the position. Correct the term, or remove it "
    "if no sender needs it.",
    cases={
        "error": Case(Status.FAIL, "A syntax error: the result is permerror for every sender.", 25),
        "host_bits": Case(Status.WARN, "A network address has bits set beyond its prefix length."),
        "oddity": Case(Status.WARN, "A term is valid but does not do what it seems to do."),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(spf_record)
    if found.parsed is None:
        return
    for fault in found.parsed.faults:
        yield _finding(context.domain, found, fault, await spf_fix(context))
    if not found.parsed.faults:
        yield RULE.passed(
            context.domain, f"{counted(len(found.parsed.terms), 'term')}, all valid", evidence=[found.answer]
        )


def _finding(domain: str, found: SpfFound, fault: RecordFault, fix: SpfFix) -> Finding:
    text = found.parsed.text if found.parsed else ""
    word = text[slice(*_word_at(text, fault.span))]
    case = "error" if fault.fatal else "host_bits" if fault.code == "host-bits" else "oddity"
    leads_to = ". Receivers return permerror for all mail" if fault.fatal else ""
    return RULE.finding(
        case,
        domain,
        f"at character {fault.span[0] + 1}, {readable(word)[:60]!r}: {fault.message}{leads_to}",
        evidence=[found.answer],
        advice="Publish the record below." if fix.fixes else sentence(fix.decide) or "Correct the term.",
        fixes=fix.fixes,
        span=fault.span,
    )


def _word_at(text: str, span: Span) -> Span:
    """The whole word that a place is in."""
    start = text.rfind(" ", 0, span[0] + 1) + 1 if span[0] < len(text) and text[span[0]] != " " else span[0]
    end = text.find(" ", max(span[0] + 1, start))
    return start, len(text) if end < 0 else end


CHECK = Check(RULE, judge)
