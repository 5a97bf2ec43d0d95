"""Whether every provider that SPF allows to send also has a DKIM key at the domain."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.dkim_discovery import Discovery, discovery
from benchkit.audit.facts.providers import mailbox_provider
from benchkit.audit.facts.spf_record import spf_record
from benchkit.audit.rule import PASSED, Case, Check, Rule
from benchkit.audit.tables.provider_signatures import ProviderSignature
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="dkim_inferred_senders",
    mechanism=AuditedMechanism.DKIM,
    title="Every provider in SPF signs for the domain too",
    reference="RFC 9989 §4.4",
    text="A provider that SPF includes is allowed to send for the domain, but most use an envelope sender in their own "
    "domain, so SPF does not align and DMARC depends on DKIM alone. If none of the selectors that this provider has its "
    "customers publish is found, its mail probably fails DMARC. Providers that choose other selectors for each customer "
    "cannot be judged and are left out.",
    cases={
        "no_key": Case(Status.WARN, "SPF names a provider, but none of its usual selectors has a key."),
        "not_guessable": Case(Status.INFO, "SPF names a provider whose selectors cannot be guessed."),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found, spf = await context.fact(discovery), await context.fact(spf_record)
    for sender in found.inferred:
        if not sender.guessable:
            message = (
                f"{sender.name} is named by SPF or MX; its selectors cannot be guessed: name yours with --selector"
            )
            yield RULE.finding("not_guessable", sender.name, message, evidence=[spf.answer])
        elif names := _keys_of(sender, found):
            yield RULE.passed(sender.name, f"{sender.name} has keys: {', '.join(names)}", evidence=[spf.answer])
        elif found.unanswered:
            yield RULE.unknown(sender.name, found.unanswered)
        else:
            looked = ", ".join(sender.selectors)
            message = f"{sender.name} is named by SPF or MX, and none of its selectors is found ({looked})"
            holds = sender == await context.fact(mailbox_provider)
            other = "" if holds else "; or, if it does not send for you, remove it from SPF"
            advice = f"Set up DKIM with {sender.name}{other}."
            yield RULE.finding("no_key", sender.name, message, evidence=[spf.answer], advice=advice)


def _keys_of(sender: ProviderSignature, found: Discovery) -> list[str]:
    return [key.name for key in found.keys if key.provider == sender.name or key.name in sender.selectors]


CHECK = Check(RULE, judge, by_evidence=("not_guessable", PASSED))
