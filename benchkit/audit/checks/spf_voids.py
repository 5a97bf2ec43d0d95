"""How many void DNS lookups the record costs a sender of either address family; receivers accept two."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.spf_record import spf_record
from benchkit.audit.facts.spf_tree import spf_tree, unanswered_lookups, way
from benchkit.audit.fixes.spf_record import spf_fix
from benchkit.audit.rule import Case, Check, Rule
from benchkit.audit.spf.result import EvaluationStep
from benchkit.audit.spf.tree import Tree
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="spf_voids",
    mechanism=AuditedMechanism.SPF,
    title="At most two DNS lookups are void",
    reference="RFC 7208 §4.6.4",
    text="A term that asks for a name or record that does not exist is a void lookup. After two of them receivers "
    "should return `permerror`. Each term counts once. For an IPv6 sender the AAAA lookup of a host with IPv4 "
    "only is void too, so benchkit counts both families and reports the worse one. Correct the names that do not "
    "exist, or remove their terms.",
    cases={
        "many": Case(Status.FAIL, "More than two void lookups for a sender of either family: permerror."),
        "one_family": Case(Status.WARN, "More than two void lookups for senders of one family only."),
        "some": Case(Status.WARN, "A term asks for a name or record that does not exist.", 2),
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
        message = f"{_count_text(tree)}; the limit is {LIMIT}, so receivers return permerror ({_named(either)})"
        fixes = (await spf_fix(context)).within_voids if case == "many" else ()
        advice = _advice(both or either)
        proof = [*evidence, *unanswered_lookups(tree)]
        yield RULE.finding(case, domain, message, evidence=proof, advice=advice, fixes=fixes)
    elif both:
        message = f"{len(both)} void DNS lookup{'s' * (len(both) > 1)} (limit {LIMIT}): {_named(both)}"
        yield RULE.finding("some", domain, message, evidence=evidence, advice=_advice(both))
    elif unanswered := unanswered_lookups(tree):
        yield RULE.unknown(domain, unanswered)
    else:
        yield RULE.passed(domain, _count_text(tree), evidence=evidence)


def _count_text(tree: Tree) -> str:
    return f"void DNS lookups: {tree.cost.voids4} for an IPv4 sender, {tree.cost.voids6} for an IPv6 sender"


def _named(paths: list[tuple[EvaluationStep, ...]]) -> str:
    return ", ".join(dict.fromkeys(way(path) for path in paths))


def _advice(paths: list[tuple[EvaluationStep, ...]]) -> str:
    """What is in other records is for their owners to correct."""
    own = dict.fromkeys(f"`{path[0].term}`" for path in paths if len(path) == 1)
    foreign = sorted({path[-1].domain for path in paths if len(path) > 1})
    sentences = [f"Correct the name in {', '.join(own)}, or remove the term if no sender needs it." if own else ""]
    sentences.append(f"The owner of {', '.join(foreign)} must correct the other terms." if foreign else "")
    return " ".join(filter(None, sentences))


CHECK = Check(RULE, judge, regardless=("many",))
