"""The report's sections about SPF, DKIM and DMARC, from facts that the checks have already made."""

from __future__ import annotations

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.checks.dmarc_suffix_list import suffix_list_answer
from benchkit.audit.dkim.discovery import Selector, discovery
from benchkit.audit.dmarc.policy import own_policy
from benchkit.audit.dmarc.walk import own_walk
from benchkit.audit.facts.spf_evaluation import spf_evaluation
from benchkit.audit.facts.spf_record import spf_record
from benchkit.audit.facts.spf_tree import spf_addresses, spf_tree
from benchkit.audit.spf_values import authorised_values, tree_values
from benchkit.model.audit import DkimSummary, DmarcSummary, SpfSummary


def spf_summary(dossier: AuditContext) -> SpfSummary:
    found, evaluated = dossier.known(spf_record), dossier.known(spf_evaluation)
    tree, addresses = dossier.known(spf_tree), dossier.known(spf_addresses)
    return SpfSummary(
        record=found.selection.only if found else None,
        result=evaluated.result if evaluated else None,
        explanation=(evaluated.explanation or evaluated.problem or None) if evaluated else None,
        path=tuple(f"{step.domain} {step.term}" for step in evaluated.path) if evaluated else (),
        lookups=tree.cost.lookups if tree else None,
        voids=max(tree.cost.voids4, tree.cost.voids6) if tree else None,
        tree=tree_values(tree.root) if tree else None,
        authorised=authorised_values(addresses) if addresses else None,
    )


def dkim_summary(dossier: AuditContext) -> tuple[DkimSummary, ...]:
    found = dossier.known(discovery)
    return tuple(_dkim(selector) for selector in found.selectors) if found else ()


def _dkim(selector: Selector) -> DkimSummary:
    parsed = selector.parsed
    return DkimSummary(
        selector=selector.name,
        status=selector.status,
        key_type=parsed.key_type if parsed else "",
        key_bits=parsed.key.bits if parsed and parsed.key else None,
        provider=selector.provider,
    )


def dmarc_summary(dossier: AuditContext) -> DmarcSummary:
    trod, effective = dossier.known(own_walk), dossier.known(own_policy)
    if trod is None or effective is None:
        return DmarcSummary()
    found = trod.policy
    record = found.record if found else None
    return DmarcSummary(
        record=record.text if record else None,
        found_at=found.name if found and record else None,
        policy=record.p if record else None,
        effective_policy=effective.policy,
        psl_answer=suffix_list_answer(trod) or None,
    )
