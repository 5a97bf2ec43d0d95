"""What the message's ARC sets say of its way."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.records.arc import parse_arc
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="message_arc",
    mechanism=AuditedMechanism.MAIL,
    title="What the message's ARC sets say",
    reference="RFC 8617 §4.2",
    text="With `--message`. A forwarder or a mailing list breaks SPF and often DKIM; with ARC it writes down what it had "
    "verified before, and seals that. A receiver may take its word, and need not: the IETF is moving ARC to "
    "Historic. So this is information only: it changes no verdict, and the seals are not verified.",
    cases={
        "sets": Case(Status.INFO, "The message has passed hosts that seal: who they are, and what they say."),
        "broken": Case(Status.INFO, "The sets are no chain: a verifier fails it before it looks at a seal."),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    mail = context.options.mail
    chain = parse_arc((field.name, field.text) for field in mail.fields) if mail else None
    if chain is None:
        return
    if chain.faults:
        yield RULE.finding("broken", context.domain, "; ".join(chain.faults[:5]), reference="RFC 8617 §5.2")
    else:
        told = ", ".join(f"i={each.instance} by {each.domain or '?'} (cv={each.chain})" for each in chain.sets)
        yield RULE.finding("sets", context.domain, f"sealed: {told}; the seals are not verified here")


CHECK = Check(RULE, judge)
