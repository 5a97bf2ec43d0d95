"""A record within ten DNS lookups in which the owner's own hosts and includes are the addresses that this audit resolved.

Law: only names in the owner's own zone are written out, never a provider's, whose addresses change without notice. It is
offered only if the new record, looked up, has no error and lets exactly the same addresses pass; and as a later step, because
the owner must then keep it up to date.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.facts.spf_record import spf_record
from benchkit.audit.facts.spf_tree import spf_tree
from benchkit.audit.fixes.replacement import fixed, held, holder, txt_record
from benchkit.audit.fixes.spf_dead_terms import tree_of
from benchkit.audit.records.spf import MechanismKind, Qualifier, SpfMechanism
from benchkit.audit.spf.addresses import authorised
from benchkit.audit.spf.lookup_limits import LOOKUP_LIMIT
from benchkit.audit.spf.lookups import Network, hosts_of
from benchkit.audit.spf.tree import NodeState, TermNode, Tree
from benchkit.audit.tables.public_suffixes import related
from benchkit.model.record_fix import RecordFix

WHAT = "SPF record"
WHEN = (
    "if you then keep it up to date: write the addresses again each time one of your hosts or included records changes"
)
Choice = Mapping[str, tuple[str, ...]]  # a term of the record → the words in its place
LONGEST = 450  # octets: a longer record may not fit an answer of 512 (RFC 7208 §3.4)


async def flattened(context: AuditContext) -> tuple[RecordFix, ...]:
    """Empty where the limit cannot be met in this way."""
    return await context.unread_fact(_flattened)


async def _flattened(context: AuditContext) -> tuple[RecordFix, ...]:
    tree, found = await context.fact(spf_tree), await context.fact(spf_record)
    if tree is None or len(found.records) != 1 or tree.cost.lookups <= LOOKUP_LIMIT:
        return ()
    for chosen in _choices(tree, context.domain):
        text = _with_addresses(tree, chosen)
        if len(text) <= LONGEST and _same_senders(tree, await tree_of(context, text)):
            changes = [f"`{term}` became {_shown(words)}, as resolved in this audit" for term, words in chosen.items()]
            before, after, where = held(found.answer, found.records), [txt_record(text)], holder(found.answer)
            return (fixed(context.domain, WHAT, where, before=before, after=after, changes=changes, when=WHEN),)
    return ()


def _choices(tree: Tree, domain: str) -> Iterator[Choice]:
    """What to write instead of which terms: those that save most first, and one more each time that is not enough."""
    costs = {f"include:{node.domain}": 1 + node.cost.lookups for node in tree.nodes.values()}
    savings: dict[str, tuple[int, tuple[str, ...]]] = {}
    for term in tree.root.reached_terms:
        words = _written_out(term, domain)
        saved = term.cost.lookups - sum(costs.get(word, 0) for word in words)
        if words and saved > 0:
            savings[term.term.text] = (saved, words)
    left = tree.cost.lookups
    chosen: Choice = {}
    for text, (saved, words) in sorted(savings.items(), key=lambda each: -each[1][0]):
        left -= saved
        chosen = {**chosen, text: words}
        if left <= LOOKUP_LIMIT:
            yield chosen


def _written_out(node: TermNode, domain: str) -> tuple[str, ...]:
    """The words for a term that lets hosts pass; () for one that is a provider's, or that words cannot stand for."""
    term = node.term
    if not isinstance(term, SpfMechanism) or term.qualifier is not Qualifier.PASS or node.open_ended:
        return ()
    if term.kind in (MechanismKind.IP4, MechanismKind.IP6):
        return _words(node.networks)
    if term.kind in (MechanismKind.A, MechanismKind.MX):
        return _words(node.networks) if _is_own(node, domain) else ()
    if term.kind is MechanismKind.INCLUDE and node.target:
        return _included(node, domain) if related(domain, node.target) else (f"include:{node.target}",)
    return ()


def _included(node: TermNode, domain: str) -> tuple[str, ...]:
    """What an included record of the owner lets pass; includes of providers in it stay includes."""
    child = node.child
    if child is None or child.repeated or child.state is not NodeState.READ:
        return ()
    found: list[str] = []
    for each in child.reached_terms:
        if _is_end(each):
            continue
        if not (words := _written_out(each, domain)):
            return ()
        found += words
    return tuple(dict.fromkeys(found))


def _is_end(node: TermNode) -> bool:
    """An `all` that lets no host pass: inside an include it is no match (RFC 7208 §5.2)."""
    term = node.term
    return isinstance(term, SpfMechanism) and term.kind is MechanismKind.ALL and term.qualifier is not Qualifier.PASS


def _is_own(node: TermNode, domain: str) -> bool:
    """Whether the name, every alias of it, and every MX host are in the owner's zone."""
    names = {node.target or "", *(name for answer in node.answers for name in (answer.name, *answer.cnames))}
    hosts = {host for answer in node.answers if answer.type == "MX" for host in hosts_of(answer)}
    return all(name and related(domain, name) for name in names | hosts)


def _with_addresses(tree: Tree, chosen: Choice) -> str:
    (text,) = tree.root.records
    words = [word for each in text.split() for word in chosen.get(each, (each,))]
    return " ".join(dict.fromkeys(words))


def _same_senders(before: Tree, after: Tree) -> bool:
    old, new = authorised(before), authorised(after)
    if after.problems or after.cost.lookups > LOOKUP_LIMIT or old.open_ended or new.open_ended:
        return False
    return (old.networks4, old.networks6) == (new.networks4, new.networks6)


def _words(networks: Iterable[Network]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_word, networks)))


def _word(network: Network) -> str:
    whole = network.prefixlen == network.max_prefixlen
    return f"ip{network.version}:{network.network_address if whole else network}"


def _shown(words: Iterable[str]) -> str:
    return " ".join(f"`{word}`" for word in words)
