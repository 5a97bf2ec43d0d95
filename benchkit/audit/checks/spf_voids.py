"""How many lookups are in vain, of the two that a receiver tolerates, for senders of either address family."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.spf_record import spf_record
from benchkit.audit.facts.spf_tree import lost_in, spf_tree, way
from benchkit.audit.fixes.spf_record import fix
from benchkit.audit.rule import Case, Check, Rule
from benchkit.audit.spf.result import EvaluationStep
from benchkit.audit.spf.tree import Tree
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="spf_voids",
    mechanism=AuditedMechanism.SPF,
    title="At most two lookups are in vain",
    reference="RFC 7208 §4.6.4",
    text="A term whose own question is answered with nothing (no such name, or no such record) is a void lookup; past "
    "two, receivers should return `permerror`. Each term counts once. An IPv6 sender makes the AAAA lookup of an "
    "IPv4-only host void, so both families are counted, and the worse one is told. Take out the terms that lead "
    "nowhere.",
    cases={
        "many": Case(Status.FAIL, "More than two lookups in vain whatever the sender's family: permerror."),
        "one_family": Case(Status.WARN, "More than two lookups in vain for senders of one family only."),
        "some": Case(Status.WARN, "A term leads nowhere.", 2),
    },
)
LIMIT = 2


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    tree, found = await context.fact(spf_tree), await context.fact(spf_record)
    if tree is None:
        return
    cost, domain, evidence = tree.cost, context.domain, [found.answer]
    both = [path for path, term in tree.walk() if term.own.voids4 and term.own.voids6]
    either = [path for path, term in tree.walk() if term.own.voids4 or term.own.voids6]
    if max(cost.voids4, cost.voids6) > LIMIT:
        case = "many" if min(cost.voids4, cost.voids6) > LIMIT else "one_family"
        message = (
            f"lookups in vain: {cost.voids4} for an IPv4 sender, {cost.voids6} for an IPv6 sender ({_named(either)})"
        )
        proof = [*evidence, *lost_in(tree)]
        yield RULE.finding(case, domain, message, evidence=proof, paste=fix(found, _own(either)))
    elif both:
        message = f"lookups in vain, {len(both)} of {LIMIT}: {_named(both)}"
        yield RULE.finding("some", domain, message, evidence=evidence, paste=fix(found, _own(both)))
    elif lost := lost_in(tree):
        yield RULE.unknown(domain, lost)
    else:
        yield RULE.passed(domain, _told(tree), evidence=evidence)


def _told(tree: Tree) -> str:
    return f"lookups in vain: {tree.cost.voids4} for an IPv4 sender, {tree.cost.voids6} for an IPv6 sender"


def _named(paths: list[tuple[EvaluationStep, ...]]) -> str:
    return ", ".join(way(path) for path in paths)


def _own(paths: list[tuple[EvaluationStep, ...]]) -> dict[tuple[int, int], str]:
    """The terms of the domain's own record through which they are reached."""
    return {path[0].span: "" for path in paths}


CHECK = Check(RULE, judge, regardless=("many",))
