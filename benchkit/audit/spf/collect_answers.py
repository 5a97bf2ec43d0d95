"""Every DNS answer that a domain's SPF could need, for senders of both families, asked in waves; build_tree.py judges them.

What one wave brings decides the next, so the round trips are the depth of the includes, not their number. The walk is bounded
in depth, questions and text, and what it asks does not depend on which answer comes first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from benchkit.audit.records.selection import Selection
from benchkit.audit.records.spf import (
    MechanismKind,
    Modifier,
    SpfMechanism,
    SpfRecord,
    Term,
    parse_spf,
    select_spf,
)
from benchkit.audit.records.text import txts_of
from benchkit.audit.spf.expansion import expand
from benchkit.audit.spf.lookups import HOST_LIMIT, hosts_of
from benchkit.audit.spf.names import query_name
from benchkit.model.dns import Answer, Ask

WAVE_LIMIT = 24  # evaluation itself ends at 10 includes
QUESTION_LIMIT = 300
TEXT_LIMIT = 200_000  # characters of SPF records in all; the largest honest trees have some thousands
Question = tuple[str, str]  # name and type
_TYPES = {MechanismKind.A: ("A", "AAAA"), MechanismKind.MX: ("MX",), MechanismKind.EXISTS: ("A",)}


@dataclass(frozen=True, slots=True)
class SpfSource:
    """A domain's SPF: what was answered, which texts are SPF records, and the one among them if it is one."""

    answer: Answer
    selection: Selection
    record: SpfRecord | None


@dataclass(slots=True)
class SpfAnswers:
    """All answers by question; `sources` are those to TXT, read. A question that is not here was beyond the limits."""

    domain: str
    answers: dict[Question, Answer] = field(default_factory=dict)
    sources: dict[str, SpfSource] = field(default_factory=dict)

    @property
    def queries(self) -> int:
        return sum(answer.queries for answer in self.answers.values())

    def read(self, question: Question, answer: Answer) -> None:
        """Files an answer under what was asked."""
        self.answers[question] = answer
        if question[1] == "TXT" and self._text() <= TEXT_LIMIT:
            selection = select_spf(txts_of(answer))
            record = parse_spf(selection.only) if selection.only is not None else None
            self.sources[question[0]] = SpfSource(answer, selection, record)

    def _text(self) -> int:
        return sum(len(source.record.text) for source in self.sources.values() if source.record)


async def collect_answers(ask: Ask, domain: str) -> SpfAnswers:
    """Asks for everything that is reachable from the domain's SPF record; never raises for what the DNS says."""
    name = query_name(domain) or domain
    found = SpfAnswers(name)
    wave: list[Question] = [(name, "TXT")]
    for _ in range(WAVE_LIMIT):
        for question, answer in zip(wave, await asyncio.gather(*(ask(*question) for question in wave)), strict=True):
            found.read(question, answer)
        wave = _next_wave(found, wave)
        if not wave:
            break
    return found


def target_of(term: Term, domain: str, origin: str) -> str | None:
    """The name that a term of `domain`'s record asks for; None where that depends on the message, or cannot be a name."""
    string = term.domain if isinstance(term, SpfMechanism) else term.value
    if string is None:
        return domain
    expanded = expand(string, {"d": domain, "o": origin})
    return query_name(expanded) if expanded is not None else None


def _next_wave(found: SpfAnswers, wave: Iterable[Question]) -> list[Question]:
    """TXT first: when the limit bites, it is better to know the includes than the addresses."""
    wanted = dict.fromkeys(question for asked in wave for question in _follow_ups(found, asked))
    new = sorted((each for each in wanted if each not in found.answers), key=lambda each: each[1] != "TXT")
    return new[: max(0, QUESTION_LIMIT - len(found.answers))]


def _follow_ups(found: SpfAnswers, question: Question) -> Iterator[Question]:
    name, kind = question
    if kind == "MX" and len(found.answers[question].records) <= HOST_LIMIT:
        for host in hosts_of(found.answers[question]):
            yield from ((host, "A"), (host, "AAAA"))
    elif kind == "TXT" and (source := found.sources.get(name)) and source.record:
        unreached = set(source.record.unreached)
        for term in source.record.terms:
            if term.looks_up and term not in unreached:
                yield from questions_of(term, target_of(term, name, found.domain))


def questions_of(term: Term, target: str | None) -> tuple[Question, ...]:
    """What a term asks, for both families; a `ptr` asks about the sender only."""
    if target is None:
        return ()
    if isinstance(term, Modifier) or term.kind is MechanismKind.INCLUDE:
        return ((target, "TXT"),)
    return tuple((target, kind) for kind in _TYPES.get(term.kind, ()))
