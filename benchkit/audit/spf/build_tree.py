"""Collected answers → the include tree with its costs and its problems. Pure; each domain is expanded once: linear work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from benchkit.audit.records.macros import MacroString
from benchkit.audit.records.spf import MechanismKind, Modifier, SpfMechanism, SpfRecord, Term
from benchkit.audit.spf.collect_answers import SpfAnswers, SpfSource, collect_answers, questions_of, target_of
from benchkit.audit.spf.lookup_limits import LOOKUP_LIMIT, VOID_LIMIT, is_void
from benchkit.audit.spf.lookups import HOST_LIMIT, Network, addresses, hosts_of, widened
from benchkit.audit.spf.result import EvaluationStep
from benchkit.audit.spf.tree import Cost, Node, NodeState, Problem, TermNode, Tree
from benchkit.model.dns import Answer, Ask

_KNOWN_LETTERS = frozenset("do")  # macros that do not depend on the message


async def include_tree(ask: Ask, domain: str) -> Tree:
    """The whole tree of a domain, asked for and built."""
    return build_tree(await collect_answers(ask, domain))


def build_tree(found: SpfAnswers) -> Tree:
    """The tree of the answers."""
    builder = _Builder(found)
    root = builder.node(found.domain, ())
    tree = Tree(found.domain, root, builder.nodes, (), found.queries)
    return replace(tree, problems=(*builder.problems, *_over_limits(tree)))


class _Builder:
    def __init__(self, found: SpfAnswers) -> None:
        self._found = found
        self.nodes: dict[str, Node] = {}
        self.problems: list[Problem] = []

    def node(self, domain: str, path: tuple[EvaluationStep, ...]) -> Node:
        if domain in self.nodes:
            return replace(self.nodes[domain], terms=(), repeated=True)
        if any(step.domain == domain for step in path):
            self._report("cycle", f"{domain} leads back to itself", path)
            return Node(domain, NodeState.CYCLE)
        source = self._found.sources.get(domain)
        if source is None:
            self._report("unasked", f"{domain} is beyond the limits of this walk", path, unknown=True)
            return Node(domain, NodeState.UNASKED)
        node = Node(domain, self._state(source, path), source.answer, source.selection.records, source.record)
        if source.record is not None:
            terms = tuple(self._terms(source.record, domain, path))
            node = replace(node, terms=terms, cost=_total(term.cost for term in terms if term.reached))
        self.nodes[domain] = node
        return node

    def _state(self, source: SpfSource, path: tuple[EvaluationStep, ...]) -> NodeState:
        """The state of a record, its problem reported. A missing record is a problem only for a record that refers to it."""
        answer, count = source.answer, len(source.selection.records)
        if not answer.state.known:
            self._report("no-answer", f"TXT {answer.name}: {answer.state}", path, unknown=True)
            return NodeState.UNKNOWN
        if count > 1:
            self._report("several-records", f"{answer.name} has {count} SPF records", path)
            return NodeState.SEVERAL
        if source.record is None:
            if path:
                self._report("no-record", f"{answer.name} has no SPF record", path)
            return NodeState.MISSING
        fault = next((fault for fault in source.record.faults if fault.fatal), None)
        if fault is not None:
            self._report("syntax", f"{answer.name}: {fault.message}", path)
            return NodeState.INVALID
        return NodeState.READ

    def _terms(self, record: SpfRecord, domain: str, path: tuple[EvaluationStep, ...]) -> Iterator[TermNode]:
        unreached = set(record.unreached)
        for term in record.terms:
            here = (*path, EvaluationStep(domain, term.text, term.span))
            yield TermNode(term, reached=False, target=None) if term in unreached else self._term(term, domain, here)

    def _term(self, term: Term, domain: str, path: tuple[EvaluationStep, ...]) -> TermNode:
        if not term.looks_up:
            return _without_lookup(term)
        target = target_of(term, domain, self._found.domain)
        if target is None and _depends_on_message(term):
            return TermNode(term, True, None, Cost(1), Cost(1), open_ended=True)
        if isinstance(term, Modifier) or term.kind is MechanismKind.INCLUDE:
            return self._referring(term, target, path)
        return self._asking(term, target, path)

    def _referring(self, term: Term, target: str | None, path: tuple[EvaluationStep, ...]) -> TermNode:
        """include and redirect."""
        if target is None:
            self._report("no-record", f"{term.text} leads to no domain", path)
            return TermNode(term, True, None, Cost(1), Cost(1))
        child = self.node(target, path)
        void = child.answer is not None and is_void(child.answer)
        own = Cost(1, int(void), int(void))
        unsure = child.state in (NodeState.UNKNOWN, NodeState.UNASKED)
        return TermNode(term, True, target, own, own + child.cost, open_ended=unsure, child=child)

    def _asking(self, term: SpfMechanism, target: str | None, path: tuple[EvaluationStep, ...]) -> TermNode:
        """a, mx, exists, ptr."""
        answers = self._answers(questions_of(term, target))
        if term.kind is MechanismKind.MX:
            answers = (*answers, *self._of_hosts(answers, path))
        own = _own_cost(term, answers)
        unanswered = [answer for answer in answers if not answer.state.known]
        for answer in unanswered:
            self._report("no-answer", f"{answer.type} {answer.name}: {answer.state}", path, unknown=True)
        missing = target is not None and term.kind is not MechanismKind.PTR and not answers
        if missing:
            self._report("unasked", f"{term.text} is beyond the limits of this walk", path, unknown=True)
        return TermNode(
            term,
            True,
            target,
            own,
            own,
            answers,
            networks=tuple(_networks(term, answers)),
            matches_all=term.kind is MechanismKind.EXISTS and any(answer.records for answer in answers),
            open_ended=term.kind is MechanismKind.PTR or bool(unanswered) or missing,
        )

    def _of_hosts(self, answers: Iterable[Answer], path: tuple[EvaluationStep, ...]) -> Iterator[Answer]:
        for answer in answers:
            if len(answer.records) > HOST_LIMIT:
                self._report("too-many-mx", f"{answer.name} has {len(answer.records)} MX records", path)
                return
            yield from self._answers((host, kind) for host in hosts_of(answer) for kind in ("A", "AAAA"))

    def _answers(self, questions: Iterable[tuple[str, str]]) -> tuple[Answer, ...]:
        held = self._found.answers
        return tuple(held[question] for question in questions if question in held)

    def _report(self, code: str, message: str, path: tuple[EvaluationStep, ...], *, unknown: bool = False) -> None:
        self.problems.append(Problem(code, message, path, unknown))


def _without_lookup(term: Term) -> TermNode:
    if not isinstance(term, SpfMechanism):
        return TermNode(term, reached=True, target=None)
    networks = (term.network,) if term.network is not None else ()
    return TermNode(term, True, None, networks=networks, matches_all=term.kind is MechanismKind.ALL)


def _depends_on_message(term: Term) -> bool:
    string: MacroString | None = term.domain if isinstance(term, SpfMechanism) else term.value
    return string is not None and not string.letters <= _KNOWN_LETTERS


def _own_cost(term: SpfMechanism, answers: tuple[Answer, ...]) -> Cost:
    """Void by the term's own question: of each family for `a`, the first answer for the others."""
    if term.kind is MechanismKind.A:
        voids = {answer.type: int(is_void(answer)) for answer in answers}
        return Cost(1, voids.get("A", 0), voids.get("AAAA", 0))
    void = int(bool(answers) and is_void(answers[0]))
    return Cost(1, void, void)


def _networks(term: SpfMechanism, answers: Iterable[Answer]) -> Iterator[Network]:
    if term.kind in (MechanismKind.A, MechanismKind.MX):
        for answer in answers:
            for address in addresses(answer.records):
                yield widened(address, term.prefix4 if address.version == 4 else term.prefix6)


def _total(costs: Iterable[Cost]) -> Cost:
    return sum(costs, Cost())


def _over_limits(tree: Tree) -> Iterator[Problem]:
    """The limits, each with the term at which it is first crossed."""
    cost = tree.cost
    if cost.lookups > LOOKUP_LIMIT:
        message = f"{cost.lookups} DNS lookups; the limit is {LOOKUP_LIMIT}"
        yield Problem("too-many-lookups", message, _crossing(tree, "lookups", LOOKUP_LIMIT))
    worst = "voids4" if cost.voids4 >= cost.voids6 else "voids6"
    if (voids := max(cost.voids4, cost.voids6)) > VOID_LIMIT:
        family = "either family" if cost.voids4 == cost.voids6 else "IPv4" if worst == "voids4" else "IPv6"
        message = f"{voids} void DNS lookups for a sender of {family}; the limit is {VOID_LIMIT}"
        yield Problem("too-many-voids", message, _crossing(tree, worst, VOID_LIMIT))


def _crossing(tree: Tree, what: str, limit: int) -> tuple[EvaluationStep, ...]:
    """The path to the term at which the running total passes the limit; a repeated domain counts as a whole."""
    running = 0
    for path, term in tree.walk():
        whole = term.child is not None and term.child.repeated
        running += getattr(term.cost if whole else term.own, what)
        if running > limit:
            return path
    return ()
