"""Whether every record that the domain's includes and redirects lead to exists and is valid."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.spf_record import SpfFound, spf_record
from benchkit.audit.facts.spf_tree import spf_tree, unanswered_lookups, way
from benchkit.audit.fixes.spf_included import faulty_name, included_fix
from benchkit.audit.fixes.spf_record import SpfFix, spf_fix
from benchkit.audit.fixes.zone_names import whom_to_ask
from benchkit.audit.rule import Case, Check, Rule, sentence
from benchkit.audit.spf.tree import Problem
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status
from benchkit.model.record_fix import RecordFix

RULE = Rule(
    name="spf_includes",
    mechanism=AuditedMechanism.SPF,
    title="Every included record exists and is valid",
    reference="RFC 7208 §5.2",
    text="If the target of an `include` or `redirect` has no record, several, one with an error, or one that leads back, the "
    "result of the whole record is `permerror`. If the target belonged to a provider that has closed, anyone who registers "
    "the name can send for you. Remove the term, or ask the owner of the name to fix its record.",
    cases={
        "missing": Case(Status.FAIL, "An included name has no SPF record.", 20),
        "cycle": Case(Status.FAIL, "The includes form a loop.", 20),
        "error": Case(Status.FAIL, "An included record cannot be evaluated.", 20),
        "too_many_mx": Case(Status.FAIL, "An `mx` term leads to more than ten hosts: permerror (§4.6.4).", 20),
    },
)
CASES = {
    "no-record": "missing",
    "cycle": "cycle",
    "several-records": "error",
    "syntax": "error",
    "too-many-mx": "too_many_mx",
}


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    tree, found = await context.fact(spf_tree), await context.fact(spf_record)
    if tree is None:
        return
    problems = [problem for problem in tree.problems if problem.code in CASES]
    for problem in problems:
        yield await _finding(context, found, problem)
    if unanswered := unanswered_lookups(tree):
        yield RULE.unknown(context.domain, unanswered)
    elif not problems and len(tree.nodes) > 1:
        message = f"{len(tree.nodes) - 1} included records, all valid"
        evidence = [node.answer for node in tree.nodes.values() if node.answer]
        yield RULE.passed(context.domain, message, evidence=evidence)


async def _finding(context: AuditContext, found: SpfFound, problem: Problem) -> Finding:
    own = problem.path[0] if problem.path else None
    fix = await spf_fix(context)
    fixes = fix.without(own.term) if own and len(problem.path) == 1 else ()
    if own and not fixes:
        fixes = await included_fix(context, faulty_name(problem))
    way_there = f" (by {way(problem.path)})" if problem.path else ""
    return RULE.finding(
        CASES[problem.code],
        context.domain,
        f"{problem.message}{way_there}: the whole record is a permerror",
        evidence=[found.answer],
        advice=_advice(context.domain, problem, fix, fixes) if own else "",
        fixes=fixes,
        span=own.span if own else None,
    )


def _advice(domain: str, problem: Problem, fix: SpfFix, fixes: Sequence[RecordFix]) -> str:
    last, name = problem.path[-1], faulty_name(problem)
    if name != domain:
        owner = whom_to_ask(domain, name)
        if owner:
            return f"Ask {owner}, to correct the SPF record at {name}; remove `{problem.path[0].term}` if no sender needs it."
        return f"Publish the record for {name} below." if fixes else f"Correct the SPF record at {name}."
    if fixes:
        return f"Correct the name in `{last.term}` if it is mistyped; else publish the record below."
    return sentence(fix.decide) or f"Remove `{last.term}`, or correct its name."


CHECK = Check(RULE, judge, by_evidence=("missing", "cycle", "error", "too_many_mx"))
