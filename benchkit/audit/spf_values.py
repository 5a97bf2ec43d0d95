"""The include tree and the authorised addresses as plain values, for JSON and figures."""

from __future__ import annotations

from typing import Any

from benchkit.audit.spf.addresses import AddressSet
from benchkit.audit.spf.tree import Node, TermNode

NETWORKS = 200  # listed; all are counted


def tree_values(node: Node) -> dict[str, Any]:
    return {
        "domain": node.domain,
        "state": node.state.value,
        "record": node.record.text if node.record else None,
        "lookups": node.cost.lookups,
        "voids_ipv4": node.cost.voids4,
        "voids_ipv6": node.cost.voids6,
        "repeated": node.repeated,
        "terms": [_term(term) for term in node.terms],
    }


def authorised_values(found: AddressSet) -> dict[str, Any]:
    networks = [str(network) for network in (*found.networks4, *found.networks6)]
    return {
        "ipv4_addresses": found.count4,
        "ipv6_addresses": found.count6,
        "networks": networks[:NETWORKS],
        "networks_in_all": len(networks),
        "overlaps": len(found.overlaps),
        "open_ended": [path[-1].term for path in found.open_ended],
    }


def _term(term: TermNode) -> dict[str, Any]:
    return {
        "term": term.term.text,
        "reached": term.reached,
        "lookups": term.cost.lookups,
        "voids_ipv4": term.cost.voids4,
        "voids_ipv6": term.cost.voids6,
        "include": tree_values(term.child) if term.child else None,
    }
