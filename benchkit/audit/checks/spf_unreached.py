"""Terms that no receiver ever comes to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from ipaddress import IPv4Network, IPv6Network

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.spf_record import SpfFound, spf_record
from benchkit.audit.fixes.spf_record import fix
from benchkit.audit.records.spf import Modifier, SpfMechanism, SpfRecord, Term
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="spf_unreached",
    mechanism=AuditedMechanism.SPF,
    title="Every term can be reached",
    reference="RFC 7208 §5.1",
    text="Terms are tried from left to right until one matches. Nothing behind `all` is ever tried, `redirect` is "
    "passed over where there is an `all` (§6.1), a term that is there twice is tried in vain, and a network "
    "inside one that stands before it never decides. Such terms commonly are senders that somebody believes to be "
    "allowed. Move them before `all`, or take them out.",
    cases={
        "after_all": Case(Status.WARN, "A term stands behind `all`."),
        "redirect_with_all": Case(Status.WARN, "`redirect` beside `all` is passed over."),
        "twice": Case(Status.WARN, "A term is there twice.", 2),
        "shadowed": Case(Status.WARN, "A network lies within one that stands before it.", 2),
    },
)

COMPARED = 200  # terms that are held against each other; no honest record has as many


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(spf_record)
    if found.parsed is None:
        return
    findings = [*_behind_all(context.domain, found, found.parsed), *_in_vain(context.domain, found, found.parsed)]
    for finding in findings:
        yield finding
    if not findings:
        yield RULE.passed(context.domain, "every term can be reached", evidence=[found.answer])


def _behind_all(domain: str, found: SpfFound, record: SpfRecord) -> list[Finding]:
    findings = []
    end = record.all
    for term in record.unreached[:COMPARED]:
        if isinstance(term, Modifier):
            case, message, changes = (
                "redirect_with_all",
                f"{term.text} is passed over: there is an all",
                {term.span: ""},
            )
        else:
            before = {term.span: ""} | ({end.span: f"{term.text} {end.text}"} if end else {})
            case, message, changes = "after_all", f"{term.text} stands behind all and is never tried", before
        findings.append(_finding(case, domain, found, term, message, fix(found, changes)))
    return findings


def _in_vain(domain: str, found: SpfFound, record: SpfRecord) -> list[Finding]:
    findings: list[Finding] = []
    seen: list[SpfMechanism] = []
    unreached = set(record.unreached)
    for term in (each for each in record.mechanisms[:COMPARED] if each not in unreached):
        out = fix(found, {term.span: ""})
        if any(term.text.lower() == before.text.lower() for before in seen):
            findings.append(_finding("twice", domain, found, term, f"{term.text} is there twice", out))
        elif wider := next((before for before in seen if _within(term.network, before.network)), None):
            message = f"{term.text} lies within {wider.text}, which stands before it"
            findings.append(_finding("shadowed", domain, found, term, message, out))
        seen.append(term)
    return findings


def _within(one: IPv4Network | IPv6Network | None, other: IPv4Network | IPv6Network | None) -> bool:
    if one is None or other is None or one.version != other.version:
        return False
    return one.network_address in other and one.prefixlen >= other.prefixlen


def _finding(case: str, domain: str, found: SpfFound, term: Term, message: str, fixed: str) -> Finding:
    return RULE.finding(case, domain, message, evidence=[found.answer], paste=fixed, span=term.span)


CHECK = Check(RULE, judge)
