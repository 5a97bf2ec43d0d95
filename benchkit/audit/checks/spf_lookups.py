"""How many DNS lookups the record costs; receivers make ten."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.spf_record import spf_record
from benchkit.audit.facts.spf_tree import lost_in, spf_tree
from benchkit.audit.fixes.spf_flattened import flattened
from benchkit.audit.fixes.spf_lookups import advice_within_limit
from benchkit.audit.fixes.spf_record import spf_fix
from benchkit.audit.rule import Case, Check, Rule
from benchkit.audit.spf.tree import Tree
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status
from benchkit.model.record_fix import RecordFix

RULE = Rule(
    name="spf_lookups",
    mechanism=AuditedMechanism.SPF,
    title="At most ten DNS lookups",
    reference="RFC 7208 §4.6.4",
    text="A receiver follows ten terms that ask the DNS (include, a, mx, ptr, exists, redirect), those of included "
    "records counted too, and then returns `permerror`. The hosts of an `mx`, and `exp`, are not counted. "
    "Included records belong to others and grow: eight or fewer are fine, nine and ten are one change away from "
    "failing. Remove includes of services that no longer send; give a service a subdomain of its own. Never remove the "
    "provider of your mailboxes. Writing a provider's addresses out instead (flattening) breaks on the day on which they "
    "change. Your own hosts and includes you can write out: where that is enough, the audit offers the record as a later step.",
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
    told = (
        f"{number} DNS lookups, the limit is {LIMIT}{_leads_to(number)}: {shares(tree)}" if number else "no DNS lookups"
    )
    if number > FINE:
        most_expensive = max(tree.root.reached_terms, key=lambda term: term.cost.lookups)
        yield RULE.finding(
            "many" if number > LIMIT else "at_risk",
            domain,
            told,
            evidence=[found.answer, *lost_in(tree)],
            advice=await advice_within_limit(context, tree),
            fixes=await _fixes(context) if number > LIMIT else (),
            span=most_expensive.term.span,
        )
    elif lost := lost_in(tree):
        yield RULE.unknown(domain, lost)
    else:
        yield RULE.passed(domain, told, evidence=[found.answer])


async def _fixes(context: AuditContext) -> tuple[RecordFix, ...]:
    """The repaired record; where nothing else is to repair, the one with the owner's own addresses written out."""
    fix = await spf_fix(context)
    return fix.within_lookups if fix.steps else await flattened(context)


def _leads_to(number: int) -> str:
    return ", so receivers return permerror" if number > LIMIT else ""


def shares(tree: Tree) -> str:
    """What each term of the domain's own record costs, with all that is below it."""
    costs = [(term.term.text, term.cost.lookups) for term in tree.root.reached_terms if term.cost.lookups]
    return ", ".join(f"{text} {cost}" for text, cost in costs)


CHECK = Check(RULE, judge, regardless=("many",))
