"""Whether selectors that are delegated to a provider lead to a key there."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.dkim_discovery import discovery
from benchkit.audit.fixes import replacement
from benchkit.audit.rule import PASSED, Case, Check, Rule, lost
from benchkit.model.audit import AuditedMechanism
from benchkit.model.dns import Record
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dkim_cname",
    mechanism=AuditedMechanism.DKIM,
    title="Delegated selectors lead to a key",
    reference="RFC 6376 §3.6.2",
    text="Providers have their customers publish a CNAME, and keep the key themselves. A CNAME that leads to nothing "
    "means that the provider has not set the key up, or no longer serves the domain; whoever can create the "
    "target name could then sign for you. Finish the provider's set-up, or take the CNAME out.",
    cases={"dangling": Case(Status.FAIL, "A selector's CNAME leads to nothing.", 8)},
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    delegated = [selector for selector in (await context.fact(discovery)).selectors if selector.answer.cnames]
    for selector in delegated:
        answer = selector.answer
        if unanswered := lost([answer]):
            yield RULE.unknown(selector.at, unanswered)
        elif not answer.records:
            alias = Record("CNAME", f"{answer.cnames[0]}.", target=answer.cnames[0])
            message = f"{selector.name} leads to {answer.cnames[-1]}, where there is nothing ({answer.state.value})"
            out = replacement.remove(answer.name, alias)
            yield RULE.finding("dangling", selector.at, message, evidence=[answer], paste=out)
        else:
            whose = f" ({selector.provider})" if selector.provider else ""
            yield RULE.passed(selector.at, f"leads to {answer.cnames[-1]}{whose}", evidence=[answer])


CHECK = Check(RULE, judge, by_evidence=("dangling", PASSED))
