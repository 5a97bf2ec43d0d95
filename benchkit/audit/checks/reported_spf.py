"""Compares the SPF record with the sources in receivers' reports: sources that it does not list, and includes that send
nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from ipaddress import ip_address

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.reported_mail import PASS, ReportedMail, reported_mail
from benchkit.audit.facts.spf_record import spf_record
from benchkit.audit.facts.spf_tree import spf_addresses, spf_tree
from benchkit.audit.records.spf import MechanismKind, SpfMechanism
from benchkit.audit.rule import Case, Check, Rule
from benchkit.audit.spf.addresses import AddressSet
from benchkit.audit.spf.lookup_limits import LOOKUP_LIMIT
from benchkit.audit.spf.tree import TermNode, Tree
from benchkit.model.audit import AuditedMechanism
from benchkit.model.counts import counted
from benchkit.model.dns import Answer
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="reported_spf",
    mechanism=AuditedMechanism.REPORTS,
    title="The SPF record names the sources that receivers report, and no others",
    reference="RFC 7208 §10.1",
    text="An address that sends mail signed by your domain is yours. If receivers report that SPF failed for it with an "
    "envelope sender in your domain, and the record does not list the address today, add it. If no address of an "
    "include appears in the reports, no reporting receiver got mail from it, but it still counts toward the ten DNS "
    "lookups. Reports come from the receivers that send them: most large ones do, Microsoft 365 only for some domains, "
    "most small ones not.",
    cases={
        "not_in_record": Case(Status.WARN, "One of your own sources fails SPF, because the record does not list it."),
        "idle_include": Case(Status.INFO, "No mail in the reports came from the addresses of an include."),
    },
)
ENOUGH = 100  # messages; fewer say nothing about an include


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    found = await context.fact(reported_mail)
    if found is None or not found.rows:
        return
    record, addresses, tree = (
        await context.fact(spf_record),
        await context.fact(spf_addresses),
        await context.fact(spf_tree),
    )
    if addresses is None or tree is None:
        return
    evidence = [record.answer]
    reported = [*_missing(found, addresses, evidence), *_idle(found, addresses, tree, evidence)]
    for finding in reported:
        yield finding
    if not reported:
        yield RULE.passed(found.domain, "every source that is yours is in the record", evidence=evidence)


def _missing(found: ReportedMail, addresses: AddressSet, evidence: Sequence[Answer]) -> Iterator[Finding]:
    """Signed by the domain, failed by SPF for the domain, and not in what the record says today."""
    if addresses.open_ended:
        return
    for source in found.sources:
        address, failed = ip_address(source.address), source.own_spf.total() - source.own_spf[PASS]
        if source.dkim_aligned and failed > source.own_spf[PASS] and not addresses.path_of(address):
            message = f"{address} sends mail that {found.domain} has signed, but the SPF record does not list it"
            message += f": SPF failed for {counted(failed, 'message')}"
            advice = f"Add ip{address.version}:{address} to the SPF record, or the include of the provider that it belongs to."
            yield RULE.finding("not_in_record", source.address, message, evidence=evidence, advice=advice)


def _idle(found: ReportedMail, addresses: AddressSet, tree: Tree, evidence: Sequence[Answer]) -> Iterator[Finding]:
    """Includes of the record itself; those whose addresses cannot be listed are left out."""
    if found.messages < ENOUGH:
        return
    used = {path[0].span for source in found.sources if (path := addresses.path_of(ip_address(source.address)))}
    depends = {path[0].span for path in addresses.open_ended}
    for term in _includes(tree):
        if term.term.span not in used | depends:
            message = f"none of {found.messages:,} reported messages ({found.period}) came from an address of {term.term.text}"
            message += f"; it costs {term.cost.lookups} of {LOOKUP_LIMIT} DNS lookups"
            advice = f"If you no longer use this sender, remove {term.term.text}."
            yield RULE.finding(
                "idle_include", found.domain, message, evidence=evidence, advice=advice, span=term.term.span
            )


def _includes(tree: Tree) -> Iterator[TermNode]:
    for term in tree.root.reached_terms:
        if isinstance(term.term, SpfMechanism) and term.term.kind is MechanismKind.INCLUDE:
            yield term


CHECK = Check(RULE, judge)
