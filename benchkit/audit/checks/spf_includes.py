"""Whether every record that the domain's includes and redirects lead to is there and sound."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.spf_record import SpfFound, spf_record
from benchkit.audit.facts.spf_tree import lost_in, spf_tree, way
from benchkit.audit.fixes.spf_record import SpfFix, spf_fix
from benchkit.audit.rule import Case, Check, Rule, sentence
from benchkit.audit.spf.tree import Problem
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="spf_includes",
    mechanism=AuditedMechanism.SPF,
    title="Included records are there and sound",
    reference="RFC 7208 §5.2",
    text="An `include` or `redirect` whose target has no record, several, one with an error, or one that leads back to "
    "where it came from, is a `permerror`, and the whole record with it. Includes that no longer exist are left "
    "by providers that closed, and anyone who registers the name may then send for you. Remove the term, or ask the "
    "owner of the name to fix its record.",
    cases={
        "missing": Case(Status.FAIL, "An included name has no SPF record.", 20),
        "cycle": Case(Status.FAIL, "The includes go round in a circle.", 20),
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
        yield _finding(context.domain, found, problem, await spf_fix(context))
    if lost := lost_in(tree):
        yield RULE.unknown(context.domain, lost)
    elif not problems and len(tree.nodes) > 1:
        message = f"{len(tree.nodes) - 1} included records, all sound"
        evidence = [node.answer for node in tree.nodes.values() if node.answer]
        yield RULE.passed(context.domain, message, evidence=evidence)


def _finding(domain: str, found: SpfFound, problem: Problem, fix: SpfFix) -> Finding:
    own = problem.path[0] if problem.path else None
    fixes = fix.without(own.term) if own and len(problem.path) == 1 else ()
    return RULE.finding(
        CASES[problem.code],
        domain,
        problem.message + (f" (by {way(problem.path)})" if problem.path else "") + ": the whole record is a permerror",
        evidence=[found.answer],
        advice=_advice(problem, fix, offered=bool(fixes)),
        fixes=fixes,
        span=own.span if own else None,
    )


def _advice(problem: Problem, fix: SpfFix, *, offered: bool) -> str:
    if not problem.path:
        return ""
    last = problem.path[-1]
    if len(problem.path) > 1:
        return f"Ask the owner of {last.domain} to fix its SPF record: it holds `{last.term}`."
    if offered:
        return f"Correct the name in `{last.term}` if it is mistyped; else publish the record below."
    owner = "" if problem.code == "cycle" else " or ask the owner of that name to fix its SPF record."
    return (
        sentence(fix.decide) or f"Remove `{last.term}` if nothing sends by it,{owner}"
        if owner
        else f"Remove `{last.term}`."
    )


CHECK = Check(RULE, judge, by_evidence=("missing", "cycle", "error", "too_many_mx"))
