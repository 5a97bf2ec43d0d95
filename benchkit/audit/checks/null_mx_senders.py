"""Whether a domain that takes no mail lets hosts send: then bounces and replies cannot be delivered."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.mail_hosts import mail_hosts
from benchkit.audit.facts.spf_tree import spf_senders
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="null_mx_senders",
    mechanism=AuditedMechanism.MX,
    title="A domain with a null MX sends no mail",
    reference="RFC 7505 §4.2",
    text="A null MX says that the domain takes no mail. Receivers may refuse mail from such a domain, because no bounce and no "
    "reply can be delivered. A domain that sends needs MX records; a domain that sends nothing says so with `v=spf1 -all`.",
    cases={
        "senders": Case(
            Status.WARN,
            "The domain has a null MX, but its SPF record lets hosts send.",
            advice="Publish an MX record for bounces and replies; or, if the domain sends nothing, publish v=spf1 -all.",
        )
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    hosts = await context.fact(mail_hosts)
    if not hosts.null or hosts.records:
        return
    senders = await context.fact(spf_senders)
    if senders.any_pass:
        message = (
            "takes no mail (null MX), and its SPF record lets hosts send: receivers may refuse its mail, because "
            "bounces and replies cannot be delivered"
        )
        yield RULE.finding("senders", context.domain, message, evidence=[hosts.answer])
    elif senders.judged and not senders.unanswered:
        yield RULE.passed(context.domain, "takes no mail and sends none", evidence=[hosts.answer])


CHECK = Check(RULE, judge)
