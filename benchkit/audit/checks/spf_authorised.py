"""How many addresses the record lets send, and whether a term lets too many."""

from __future__ import annotations

from collections.abc import AsyncIterator

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.spf_record import SpfFound, spf_record
from benchkit.audit.facts.spf_tree import spf_addresses, spf_tree, unanswered_lookups, way
from benchkit.audit.records.spf import MechanismKind, SpfMechanism
from benchkit.audit.rule import Case, Check, Rule
from benchkit.audit.spf.addresses import AddressSet
from benchkit.audit.spf.tree import TermNode
from benchkit.model.audit import AuditedMechanism
from benchkit.model.finding import Finding, Status

RULE = Rule(
    name="spf_authorised",
    mechanism=AuditedMechanism.SPF,
    title="The record lets only your own senders pass",
    reference="RFC 9989 §7.1",
    text="All terms together make a set of addresses that pass. Two halves, `ip4:1.0.0.0/1 ip4:128.0.0.0/1`, are the whole "
    "internet just as `+all` is; a /8 lets millions of hosts that are not yours send for the domain; the whole range of a "
    "shared provider lets its other customers send for you. List only the networks that you use.",
    cases={
        "everybody": Case(Status.FAIL, "At least half of all IPv4 addresses pass.", 30),
        "broad": Case(Status.WARN, "A term lets a very wide network pass.", 8),
        "open": Case(
            Status.INFO, ("Some terms use macros, so the senders that pass depend on the message and cannot be listed.")
        ),
    },
)
HALF = 2**31
BROAD4 = 15  # a prefix shorter than /16
BROAD6 = 31  # a prefix shorter than /32, which is what a whole provider is given


async def judge(context: AuditContext) -> AsyncIterator[Finding]:
    tree, found = await context.fact(spf_tree), await context.fact(spf_record)
    addresses = await context.fact(spf_addresses)
    if tree is None or addresses is None:
        return
    domain, evidence = context.domain, [found.answer]
    wide = [term for term in tree.root.reached_terms if _is_broad(term)]
    ends_open = tree.root.record is not None and _passes_all(tree.root.reached_terms)
    if addresses.count4 >= HALF and not ends_open:
        message = f"{_share(addresses)} of all IPv4 addresses pass, as if the record said +all"
        yield RULE.finding("everybody", domain, message, evidence=evidence, advice=_advice(wide))
    else:
        for term in wide:
            yield _broad(domain, found, term)
    for path in addresses.open_ended:
        if not unanswered_lookups(tree):
            yield RULE.finding(
                "open", domain, f"{way(path)}: which senders pass depends on the message", evidence=evidence
            )
    if unanswered := unanswered_lookups(tree):
        yield RULE.unknown(domain, unanswered)
    elif not wide and addresses.count4 < HALF:
        message = f"{addresses.count4:,} IPv4 addresses and {len(addresses.networks6)} IPv6 networks pass"
        yield RULE.passed(domain, message, evidence=evidence)


def _passes_all(terms: tuple[TermNode, ...]) -> bool:
    """`+all` has a finding of its own."""
    last = [term.term for term in terms if isinstance(term.term, SpfMechanism) and term.term.kind is MechanismKind.ALL]
    return any(term.qualifier == "+" for term in last)


def _is_broad(term: TermNode) -> bool:
    passes = isinstance(term.term, SpfMechanism) and term.term.qualifier == "+"
    limits = {4: BROAD4, 6: BROAD6}
    return passes and any(network.prefixlen <= limits[network.version] for network in term.networks)


def _broad(domain: str, found: SpfFound, term: TermNode) -> Finding:
    widest = max(term.networks, key=lambda network: network.num_addresses)
    message = f"{term.term.text} lets {widest.num_addresses:,} addresses pass"
    return RULE.finding("broad", domain, message, evidence=[found.answer], advice=_advice([term]), span=term.term.span)


def _advice(wide: list[TermNode]) -> str:
    """No paste: only the owner knows which hosts in the network send."""
    named = " and ".join(f"`{term.term.text}`" for term in wide) or "the wide networks"
    return f"Find out which hosts send for you, and replace {named} by their addresses (ip4:, ip6:)."


def _share(addresses: AddressSet) -> str:
    return f"{addresses.count4 / 2**32:.0%}"


CHECK = Check(RULE, judge)
