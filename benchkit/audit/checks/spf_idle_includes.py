"""Includes of providers that send with an envelope sender in their own domain, so receivers never read this record for them."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.spf_record import spf_record
from benchkit.audit.facts.spf_tree import spf_tree
from benchkit.audit.records.spf import MechanismKind, SpfMechanism
from benchkit.audit.rule import Case, Check, Rule
from benchkit.audit.spf.lookup_limits import LOOKUP_LIMIT
from benchkit.audit.tables.provider_signatures import ProviderSignature, by_spf
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="spf_idle_includes",
    mechanism=AuditedMechanism.SPF,
    title="Every include is used",
    reference="RFC 7208 §2.4",
    text="Receivers evaluate SPF for the domain of the envelope sender (the Return-Path), not for the From address. Some "
    "providers send with an envelope sender in their own domain unless you set up a return path: then receivers never look "
    "up their include in your record. It does nothing for alignment, but still counts toward the ten DNS lookups, and DMARC "
    "depends on the DKIM key. Look at the Return-Path of a message from the provider: if it is in the provider's domain, you "
    "do not need the include.",
    cases={
        "idle": Case(
            Status.INFO, "A provider's include is not needed if the provider uses its own domain as envelope sender."
        ),
    },
)


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(spf_record)
    includes = [
        term for term in (found.parsed.mechanisms if found.parsed else ()) if term.kind is MechanismKind.INCLUDE
    ]
    idle = [(term, provider) for term in includes for provider in _own_envelope(term)]
    tree = await context.fact(spf_tree) if idle else None
    for term, provider in idle:
        known = tree if context.is_complete(spf_tree) else None
        costs = next((node.cost.lookups for node in known.root.terms if node.term == term), 0) if known else 0
        message = (
            f"{term.text} is not needed if {provider.name} sends with its own envelope sender, as it does by default"
            + (f"; it costs {costs} of {LOOKUP_LIMIT} DNS lookups" if costs else "")
        )
        advice = f"Look at the Return-Path of a message from {provider.name}. If it is not in your domain, remove {term.text}."
        yield RULE.finding("idle", context.domain, message, evidence=[found.answer], advice=advice, span=term.span)


def _own_envelope(term: SpfMechanism) -> list[ProviderSignature]:
    named = by_spf((term.domain.text.lower(),)) if term.domain else ()
    return [provider for provider in named if provider.return_path == "provider"]


CHECK = Check(RULE, judge, by_evidence=("idle",))
