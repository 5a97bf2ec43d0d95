"""Whether SPF lets the provider of the mailboxes send."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.providers import mailbox_provider
from benchkit.audit.facts.spf_record import spf_record
from benchkit.audit.facts.spf_tree import spf_senders, spf_tree, unanswered_lookups
from benchkit.audit.fixes.spf_record import with_include
from benchkit.audit.records.spf import MechanismKind
from benchkit.audit.rule import Case, Check, Rule
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="spf_provider",
    mechanism=AuditedMechanism.SPF,
    title="SPF allows the mailbox provider to send",
    reference="RFC 7208 §5.4",
    text="At Google, Microsoft and other mailbox providers the hosts in the MX records only receive; mail leaves from other "
    "hosts, which the provider names in an SPF record for its customers to include. `mx` in the domain's record does not let "
    "them send. If people send from mailboxes at the provider, include its record.",
    cases={
        "mx_only_receives": Case(
            Status.WARN,
            ("`mx` names hosts of a provider that only receive, and the include for its sending hosts is missing."),
            5,
        ),
        "not_included": Case(Status.INFO, "The provider of the mailboxes is not in the SPF record."),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found, tree = await context.fact(spf_record), await context.fact(spf_tree)
    provider = await context.fact(mailbox_provider)
    if provider is None or not provider.include or tree is None or found.parsed is None:
        return
    if not (await context.fact(spf_senders)).any_pass:
        return  # spf_no_sender proposes the provider
    if provider.include in tree.nodes:
        yield RULE.passed(context.domain, f"includes the senders of {provider.name}", evidence=[found.answer])
        return
    if unanswered := unanswered_lookups(tree):
        yield RULE.unknown(context.domain, unanswered)
        return
    own_mx = any(term.kind is MechanismKind.MX and term.domain is None for term in found.parsed.mechanisms)
    message = (
        f"{provider.name} holds the mailboxes, and the SPF record does not include its senders ({provider.include})"
    )
    yield RULE.finding(
        "mx_only_receives" if own_mx else "not_included",
        context.domain,
        f"{message}; `mx` names hosts that only receive" if own_mx else message,
        evidence=[found.answer],
        advice=f"If people send from their mailboxes at {provider.name}, add `include:{provider.include}`.",
        fixes=await with_include(context, provider.include, f"if you send mail from {provider.name}"),
    )


CHECK = Check(RULE, judge)
