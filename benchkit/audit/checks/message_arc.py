"""What the message's ARC sets say about its path, and whether their seals verify."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dkim.arc_chain import ArcResult
from benchkit.audit.facts.message import arc_chain
from benchkit.audit.rule import Case, Check, Rule, unanswered_in
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="message_arc",
    mechanism=AuditedMechanism.MAIL,
    title="What the message's ARC sets say",
    reference="RFC 8617 §5.2",
    text="With `--message`. A forwarder or a mailing list breaks SPF and often DKIM. With ARC it records what it "
    "verified before, and seals the record. benchkit verifies the newest ARC-Message-Signature and every "
    "ARC-Seal. A receiver may trust the hosts that sealed, but need not: the IETF is moving ARC to Historic. So "
    "this is information only and changes no verdict.",
    cases={
        "sets": Case(Status.INFO, "The chain verifies: the hosts that sealed the message, and what they say."),
        "invalid": Case(Status.INFO, "The chain does not verify: receivers ignore it."),
        "broken": Case(
            Status.INFO, "The ARC sets do not form a valid chain: receivers ignore it without checking a seal."
        ),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(arc_chain)
    if found is None:
        return
    if found.structural:
        yield RULE.finding("broken", context.domain, found.reason)
    elif found.result is ArcResult.TEMPERROR:
        yield RULE.unknown(context.domain, unanswered_in(found.answers))
    elif found.result is ArcResult.FAIL:
        yield RULE.finding("invalid", context.domain, found.reason, evidence=found.answers)
    else:
        sealed = ", ".join(f"i={each.instance} by {each.domain} (cv={each.chain})" for each in found.chain.sets)
        yield RULE.finding("sets", context.domain, f"the seals verify: {sealed}", evidence=found.answers)


CHECK = Check(RULE, judge, by_evidence=("broken",))
