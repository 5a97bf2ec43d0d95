"""Whether the SPF record follows the grammar: one error anywhere makes the whole record a permerror."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.spf_record import SpfFound, spf_record
from benchkit.audit.fixes.spf_record import fix, word_at
from benchkit.audit.records.spf import SpfRecord
from benchkit.audit.records.text import RecordFault, readable
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="spf_syntax",
    mechanism=AuditedMechanism.SPF,
    title="The SPF record follows the grammar",
    reference="RFC 7208 §4.6",
    text="A receiver that finds a syntax error anywhere in the record, even behind a term that matches, returns "
    "`permerror`: the record protects and allows nothing. The place is named with each fault. Mend the term, or "
    "take it out.",
    cases={
        "error": Case(Status.FAIL, "A syntax error: the result is permerror for every sender.", 25),
        "host_bits": Case(Status.WARN, "A network is written with bits beyond its prefix."),
        "oddity": Case(Status.WARN, "A term is legal and does not do what it seems to."),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(spf_record)
    if found.parsed is None:
        return
    for fault in found.parsed.faults:
        yield _finding(context.domain, found, found.parsed, fault)
    if not found.parsed.faults:
        yield RULE.passed(context.domain, f"{len(found.parsed.terms)} terms, all sound", evidence=[found.answer])


def _finding(domain: str, found: SpfFound, record: SpfRecord, fault: RecordFault) -> Finding:
    word = word_at(record.text, fault.span)
    case = "error" if fault.fatal else "host_bits" if fault.code == "host-bits" else "oddity"
    network = next((term.network for term in record.mechanisms if term.span[0] <= fault.span[0] < term.span[1]), None)
    mended = f"ip{network.version}:{network}" if network and fault.code == "host-bits" else ""
    return RULE.finding(
        case,
        domain,
        f"at character {fault.span[0] + 1}, {readable(record.text[slice(*word)])[:60]!r}: {fault.message}",
        evidence=[found.answer],
        advice="Mend the term, or take it out.",
        paste=fix(found, {word: mended}),
        span=fault.span,
    )


CHECK = Check(RULE, judge)
