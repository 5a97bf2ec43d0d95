"""The DNS lookups of an SPF record and the addresses that pass by it, in a few lines that every audit shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchkit.audit.spf.lookup_limits import LOOKUP_LIMIT, VOID_LIMIT
from benchkit.model.audit import SpfSummary

TERMS, NETWORKS = 8, 6  # named; the others are counted


def spf_lines(spf: SpfSummary) -> list[str]:
    """Nothing for a domain without one record."""
    return [*_cost(spf), *_passing(spf)] if spf.record and spf.tree else []


def _cost(spf: SpfSummary) -> Iterator[str]:
    """The lookups by term. Where an answer did not come, those that are known."""
    tree: Mapping[str, Any] = spf.tree or {}
    costly = [f"{term['term']} {term['lookups']}" for term in tree["terms"] if term["reached"] and term["lookups"]]
    by_term = f": {_some(costly, TERMS)}" if costly else ""
    if spf.lookups is None:
        yield f"at least {_lookups(tree['lookups'])}, the limit is {LOOKUP_LIMIT}{by_term} (not every name was answered)"
    else:
        void = f"; {spf.voids} of them void, the limit is {VOID_LIMIT}" if spf.voids else "; none is void"
        yield f"{_lookups(spf.lookups)}, the limit is {LOOKUP_LIMIT}{by_term}{void if spf.lookups else ''}"


def _lookups(count: int) -> str:
    return f"{count} DNS lookup{'s' * (count != 1)}"


def _passing(spf: SpfSummary) -> Iterator[str]:
    found = spf.authorised
    if found is None:
        yield "addresses that pass: not known, because not every name was answered"
        return
    networks = [each.removesuffix("/32").removesuffix("/128") for each in found["networks"]]
    depends = [f"what `{term}` matches" for term in found["open_ended"]]
    more = found["networks_in_all"] - len(networks)
    named = _some([*networks, *depends], NETWORKS, more)
    count = f" ({found['ipv4_addresses']:,} IPv4 addresses in all)" if found["ipv4_addresses"] > 1 else ""
    yield f"addresses that pass: {named}{count}" if named else "no address passes"


def _some(named: list[str], shown: int, more: int = 0) -> str:
    rest = len(named) - shown + more if len(named) > shown else more
    return ", ".join(named[:shown]) + (f" and {rest:,} more" if rest else "")
