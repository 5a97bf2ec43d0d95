"""How many terms look something up, of the ten that a receiver follows."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.spf_record import spf_record
from benchkit.audit.facts.spf_tree import lost_in, spf_tree
from benchkit.audit.fixes.spf_record import fix
from benchkit.audit.rule import Case, Check, Rule
from benchkit.audit.spf.tree import TermNode, Tree
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="spf_lookups",
    mechanism=AuditedMechanism.SPF,
    title="At most ten terms look something up",
    reference="RFC 7208 §4.6.4",
    text="A receiver follows ten terms that ask the DNS (include, a, mx, ptr, exists, redirect), those of included "
    "records counted too, and then returns `permerror`. The hosts of an `mx`, and `exp`, are not counted. "
    "Included records belong to others and grow: eight or fewer are fine, nine and ten are one change away from "
    "failing. Take out what no longer sends; give a provider a subdomain of its own. Writing a provider's "
    "addresses out instead (flattening) breaks on the day on which they change.",
    cases={
        "many": Case(
            Status.FAIL, "More than ten: the result is permerror for senders that are not matched before.", 20
        ),
        "at_risk": Case(Status.WARN, "Nine or ten: one more term of some provider's breaks the record.", 3),
    },
)
FINE = 8
LIMIT = 10


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    tree, found = await context.fact(spf_tree), await context.fact(spf_record)
    if tree is None:
        return
    number, domain = tree.cost.lookups, context.domain
    told = f"{number} terms look something up, of {LIMIT}: {shares(tree)}" if number else "no term looks anything up"
    if number > FINE:
        dearest = max(tree.root.reached_terms, key=lambda term: term.cost.lookups)
        yield RULE.finding(
            "many" if number > LIMIT else "at_risk",
            domain,
            told,
            evidence=[found.answer, *lost_in(tree)],
            advice="Take out what no longer sends; move a provider to a subdomain of its own. This takes the dearest out.",
            paste=fix(found, _dearest(tree, FINE)) if number > LIMIT else "",
            span=dearest.term.span,
        )
    elif lost := lost_in(tree):
        yield RULE.unknown(domain, lost)
    else:
        yield RULE.passed(domain, told, evidence=[found.answer])


def shares(tree: Tree) -> str:
    """What each term of the domain's own record costs, with all that is below it."""
    costs = [(term.term.text, term.cost.lookups) for term in tree.root.reached_terms if term.cost.lookups]
    return ", ".join(f"{text} {cost}" for text, cost in costs)


def _dearest(tree: Tree, limit: int) -> dict[tuple[int, int], str]:
    """The terms to take out, the dearest first, until the rest is within the limit."""
    ranked: list[TermNode] = sorted(tree.root.reached_terms, key=lambda term: -term.cost.lookups)
    left, out = tree.cost.lookups, {}
    for term in ranked:
        if left <= limit:
            break
        out[term.term.span] = ""
        left -= term.cost.lookups
    return out


CHECK = Check(RULE, judge, regardless=("many",))
