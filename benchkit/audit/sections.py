"""The report's sections about SPF, DKIM and DMARC, from facts that the checks have already made.

Law: a value that rests on an answer that did not come is None.
"""

from __future__ import annotations

from ipaddress import ip_address

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.checks.dmarc_suffix_list import suffix_list_answer
from benchkit.audit.dmarc.policy import own_policy
from benchkit.audit.dmarc.walk import own_walk
from benchkit.audit.facts.dkim_discovery import Selector, discovery
from benchkit.audit.facts.message_content import message_content, message_path, received_results
from benchkit.audit.facts.reported_mail import ReportedSource, reported_mail
from benchkit.audit.facts.spf_evaluation import spf_evaluation
from benchkit.audit.facts.spf_record import spf_record
from benchkit.audit.facts.spf_tree import spf_addresses, spf_tree
from benchkit.audit.spf.addresses import AddressSet
from benchkit.audit.spf_values import authorised_values, tree_values
from benchkit.model.audit import (
    DkimSummary,
    DmarcSummary,
    HopSummary,
    MailSummary,
    ReportedSourceSummary,
    ReportsSummary,
    SpfSummary,
)


def spf_summary(context: AuditContext) -> SpfSummary:
    found = context.known(spf_record)
    evaluated = context.known(spf_evaluation) if context.is_complete(spf_evaluation) else None
    tree, whole = context.known(spf_tree), context.is_complete(spf_tree)
    addresses = context.known(spf_addresses) if whole else None
    return SpfSummary(
        record=found.selection.only if found else None,
        result=evaluated.result if evaluated else None,
        explanation=(evaluated.explanation or evaluated.problem or None) if evaluated else None,
        path=tuple(f"{step.domain} {step.term}" for step in evaluated.path) if evaluated else (),
        lookups=tree.cost.lookups if tree and whole else None,
        voids=max(tree.cost.voids4, tree.cost.voids6) if tree and whole else None,
        tree=tree_values(tree.root) if tree else None,
        authorised=authorised_values(addresses) if addresses else None,
    )


def dkim_summary(context: AuditContext) -> tuple[DkimSummary, ...]:
    found = context.known(discovery)
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


def dmarc_summary(context: AuditContext) -> DmarcSummary:
    walked, effective = context.known(own_walk), context.known(own_policy)
    if walked is None or effective is None or effective.unanswered:
        return DmarcSummary()
    found = effective.found
    record = found.record if found else None
    return DmarcSummary(
        record=record.text if record else None,
        found_at=found.name if found and record else None,
        policy=record.p if record else None,
        effective_policy=effective.policy,
        psl_answer=suffix_list_answer(walked) or None if context.is_complete(own_walk) else None,
    )


MOST_SOURCES = 50


def reports_summary(context: AuditContext) -> ReportsSummary | None:
    found = context.known(reported_mail)
    if found is None:
        return None
    addresses = context.known(spf_addresses) if context.is_complete(spf_tree) else None
    return ReportsSummary(
        period=found.period if found.reports else "",
        reports=len(found.reports),
        messages=found.messages,
        passed=found.passed,
        addresses=len(found.sources),
        sources=tuple(_source(source, addresses) for source in found.sources[:MOST_SOURCES]),
        tls_sessions=sum(policy.successes + policy.failures for policy in found.tls),
        tls_failures=sum(policy.failures for policy in found.tls),
    )


def _source(source: ReportedSource, addresses: AddressSet | None) -> ReportedSourceSummary:
    path = addresses.path_of(ip_address(source.address)) if addresses else ()
    return ReportedSourceSummary(
        address=source.address,
        messages=source.messages,
        passed=source.passed,
        dkim_aligned=source.dkim_aligned,
        spf_aligned=source.spf_aligned,
        quarantined=source.dispositions["quarantine"],
        rejected=source.dispositions["reject"],
        spf_term=None if addresses is None else path[0].term if path else "",
    )


def mail_summary(context: AuditContext) -> MailSummary | None:
    mail, content = context.options.mail, context.known(message_content)
    if mail is None or content is None:
        return None
    results = context.known(received_results)
    return MailSummary(
        bytes=len(mail.raw or mail.octets),
        parts=tuple((part.content_type, len(part.octets)) for part in content.parts),
        receiver=results.server if results else "",
        received=tuple((each.method, each.result) for each in results.results) if results else (),
        hops=tuple(
            HopSummary(
                hop.sender, hop.receiver, hop.protocol, hop.tls, hop.at.isoformat() if hop.at else None, hop.delay_s
            )
            for hop in context.known(message_path) or ()
        ),
    )
