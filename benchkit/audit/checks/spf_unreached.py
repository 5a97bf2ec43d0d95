"""Terms that no receiver evaluates."""

from __future__ import annotations

from collections.abc import AsyncIterator
from ipaddress import IPv4Network, IPv6Network

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.spf_record import SpfFound, spf_record
from benchkit.audit.fixes.spf_record import SpfFix, spf_fix
from benchkit.audit.records.spf import Modifier, SpfMechanism, SpfRecord, Term
from benchkit.audit.rule import Case, Check, Rule, sentence
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="spf_unreached",
    mechanism=AuditedMechanism.SPF,
    title="Receivers can reach every term",
    reference="RFC 7208 §5.1",
    text="Terms are evaluated from left to right until one matches. Nothing after `all` is evaluated, `redirect` is ignored "
    "where there is an `all` (§6.1), the second of two equal terms has no effect, and a network inside an earlier one "
    "has no effect. Such terms are often senders that the owner believes to be allowed. Move them before `all`, or "
    "remove them.",
    cases={
        "after_all": Case(Status.WARN, "A term comes after `all`."),
        "redirect_with_all": Case(Status.WARN, "`redirect` beside `all` is ignored."),
        "twice": Case(Status.WARN, "A term appears twice.", 2),
        "shadowed": Case(Status.INFO, "An earlier term already covers a network."),
    },
)

ADVICE = {
    "after_all": "Move `{term}` before all, so that its hosts may send.",
    "redirect_with_all": "Include that record instead, so that its hosts may send.",
    "twice": "Remove the second one.",
    "shadowed": "Remove `{term}`: the earlier term already covers it.",
}
COMPARED = 200  # terms that are held against each other; no honest record has as many


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(spf_record)
    if found.parsed is None:
        return
    wrong = [*_after_all(found.parsed), *_without_effect(found.parsed)]
    fix = await spf_fix(context) if wrong else SpfFix()
    findings = [_finding(context.domain, found, fix, *each) for each in wrong]
    for finding in findings:
        yield finding
    if not findings:
        yield RULE.passed(context.domain, "receivers can reach every term", evidence=[found.answer])


Unreached = tuple[str, Term, str]  # the case, the term, and what is wrong with it


def _after_all(record: SpfRecord) -> list[Unreached]:
    return [
        ("redirect_with_all", term, f"`{term.text}` is ignored: the record has an all")
        if isinstance(term, Modifier)
        else ("after_all", term, f"`{term.text}` comes after all, so receivers never evaluate it")
        for term in record.unreached[:COMPARED]
    ]


def _without_effect(record: SpfRecord) -> list[Unreached]:
    found: list[Unreached] = []
    seen: list[SpfMechanism] = []
    unreached = set(record.unreached)
    for term in (each for each in record.mechanisms[:COMPARED] if each not in unreached):
        if any(term.text.lower() == before.text.lower() for before in seen):
            found.append(("twice", term, f"`{term.text}` appears twice"))
        elif wider := next((before for before in seen if _within(term.network, before.network)), None):
            found.append(("shadowed", term, f"`{term.text}` lies within `{wider.text}`, which comes before it"))
        seen.append(term)
    return found


def _within(one: IPv4Network | IPv6Network | None, other: IPv4Network | IPv6Network | None) -> bool:
    if one is None or other is None or one.version != other.version:
        return False
    return one.network_address in other and one.prefixlen >= other.prefixlen


def _finding(domain: str, found: SpfFound, fix: SpfFix, case: str, term: Term, message: str) -> Finding:
    """A network inside another does no harm: it stays, for it may be wanted when the other goes."""
    fixes = () if case == "shadowed" else fix.fixes
    advice = ADVICE[case].format(term=term.text) if fixes or case == "shadowed" else sentence(fix.decide)
    return RULE.finding(case, domain, message, evidence=[found.answer], advice=advice, fixes=fixes, span=term.span)


CHECK = Check(RULE, judge)
