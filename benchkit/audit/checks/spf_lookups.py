"""How many DNS lookups the record needs; receivers stop after ten."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.spf_record import spf_record
from benchkit.audit.facts.spf_tree import spf_tree, unanswered_lookups
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
    text="A receiver evaluates at most ten terms that need a DNS lookup (include, a, mx, ptr, exists, redirect), those in "
    "included records too. One more, and the result is `permerror`. The hosts of an `mx`, and `exp`, are not counted. The "
    "owners of included records add terms: eight lookups or fewer are fine, with nine or ten one change breaks the record. "
    "Remove includes of services that no longer send; give a service a subdomain of its own. Never remove the provider of "
    "your mailboxes. Do not replace a provider's include by its addresses (flattening): the record breaks on the day the "
    "provider changes them. You can replace your own hosts and includes by addresses; if that is enough, the audit offers "
    "such a record as a later step.",
    cases={
        "many": Case(
            Status.FAIL,
            "More than ten DNS lookups: the result is permerror for every sender that no earlier term matches.",
            20,
        ),
        "at_risk": Case(Status.WARN, "Nine or ten DNS lookups: one more term in a provider's record breaks yours.", 3),
    },
)
FINE = 8
LIMIT = 10


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    tree, found = await context.fact(spf_tree), await context.fact(spf_record)
    if tree is None:
        return
    number, domain = tree.cost.lookups, context.domain
    message = (
        f"{number} DNS lookups, the limit is {LIMIT}{_leads_to(number)}: {shares(tree)}" if number else "no DNS lookups"
    )
    if number > FINE:
        most_expensive = max(tree.root.reached_terms, key=lambda term: term.cost.lookups)
        yield RULE.finding(
            "many" if number > LIMIT else "at_risk",
            domain,
            message,
            evidence=[found.answer, *unanswered_lookups(tree)],
            advice=await advice_within_limit(context, tree),
            fixes=await _fixes(context) if number > LIMIT else (),
            span=most_expensive.term.span,
        )
    elif unanswered := unanswered_lookups(tree):
        yield RULE.unknown(domain, unanswered)
    else:
        yield RULE.passed(domain, message, evidence=[found.answer])


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
