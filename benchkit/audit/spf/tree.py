"""The include tree of a domain's SPF as values, and what every term of it costs a sender of either family that no term matches.

Costs count on past the limits. A domain that is included again costs again, as it does for a receiver, but is expanded only
where it comes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from benchkit.audit.records.spf import Modifier, SpfRecord, Term
from benchkit.audit.spf.lookup_limits import LOOKUP_LIMIT, VOID_LIMIT
from benchkit.audit.spf.lookups import Network
from benchkit.audit.spf.result import EvaluationStep
from benchkit.model.dns import Answer


class NodeState(StrEnum):
    """What is known of a domain's SPF."""

    READ = "read"
    INVALID = "invalid"  # a fatal fault: permerror
    SEVERAL = "several"  # more than one record: permerror
    MISSING = "missing"  # the DNS has answered, and there is no record
    UNKNOWN = "unknown"  # the DNS has not answered
    CYCLE = "cycle"  # the domain is among those that led here: permerror
    UNASKED = "unasked"  # beyond the limits of the walk


@dataclass(frozen=True, slots=True)
class Cost:
    """Lookup terms, and those that are void for an IPv4 and for an IPv6 sender."""

    lookups: int = 0
    voids4: int = 0
    voids6: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.lookups + other.lookups, self.voids4 + other.voids4, self.voids6 + other.voids6)

    @property
    def exceeds(self) -> bool:
        """Past a limit of §4.6.4."""
        return self.lookups > LOOKUP_LIMIT or max(self.voids4, self.voids6) > VOID_LIMIT


@dataclass(frozen=True, slots=True)
class TermNode:
    """One term at work. `own` is its own cost, `cost` that of everything below it too."""

    term: Term
    reached: bool  # not behind `all`
    target: str | None  # None where it depends on the message, or where nothing is asked for
    own: Cost = Cost()
    cost: Cost = Cost()
    answers: tuple[Answer, ...] = ()
    networks: tuple[Network, ...] = ()
    matches_all: bool = False
    open_ended: bool = False  # which addresses it matches depends on the message, or on an answer that has not come
    child: Node | None = field(default=None, repr=False)  # asyncio.run() shows its result to itself: keep that short


@dataclass(frozen=True, slots=True)
class Node:
    """One domain's record at one place of the tree; `repeated` ones have no terms but the cost of the first."""

    domain: str
    state: NodeState
    answer: Answer | None = None
    records: tuple[str, ...] = ()
    record: SpfRecord | None = None
    terms: tuple[TermNode, ...] = ()
    cost: Cost = Cost()
    repeated: bool = False

    @property
    def reached_terms(self) -> tuple[TermNode, ...]:
        """In the order of evaluation: a redirect comes last, wherever it is written (§4.6.3)."""
        reached = [node for node in self.terms if node.reached]
        return tuple(sorted(reached, key=lambda node: isinstance(node.term, Modifier)))


@dataclass(frozen=True, slots=True)
class Problem:
    """Why evaluation ends in permerror, or (`unknown`) why that is not known."""

    code: str
    message: str
    path: tuple[EvaluationStep, ...] = ()
    unknown: bool = False


class TreeStatus(StrEnum):
    """What a sender that no term matches meets."""

    FINE = "fine"
    NONE = "none"  # the domain has no SPF record
    UNKNOWN = "unknown"
    PERMERROR = "permerror"


@dataclass(frozen=True, slots=True)
class Tree:
    """`nodes` has the first node of every domain, the one that is expanded."""

    domain: str
    root: Node
    nodes: Mapping[str, Node] = field(repr=False)
    problems: tuple[Problem, ...] = ()
    queries: int = 0

    @property
    def status(self) -> TreeStatus:
        """An error is one whatever else is unknown."""
        if any(not problem.unknown for problem in self.problems):
            return TreeStatus.PERMERROR
        if self.problems:
            return TreeStatus.UNKNOWN
        return TreeStatus.NONE if self.root.state is NodeState.MISSING else TreeStatus.FINE

    @property
    def cost(self) -> Cost:
        return self.root.cost

    def walk(self) -> Iterator[tuple[tuple[EvaluationStep, ...], TermNode]]:
        """Every reached term with the path to it, in the order of evaluation; repeated domains are not entered again."""
        return _walk(self.root, ())


def _walk(node: Node, path: tuple[EvaluationStep, ...]) -> Iterator[tuple[tuple[EvaluationStep, ...], TermNode]]:
    for term in node.reached_terms:
        here = (*path, EvaluationStep(node.domain, term.term.text, term.term.span))
        yield here, term
        if term.child is not None:
            yield from _walk(term.child, here)
