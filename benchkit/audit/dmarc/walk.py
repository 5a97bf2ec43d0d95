"""The DNS tree walk (RFC 9989 §4.10): from a name up to the top-level domain, at most eight questions.

Law: `steps` are those that a receiver would take. All names are asked at once, since the walk's names do not depend on what is
found; what lies beyond the step that ends the walk is left out. A name with several records counts as one without.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.records.dmarc import DmarcRecord, parse_dmarc, select_dmarc
from benchkit.audit.records.selection import Selection
from benchkit.audit.records.text import txts_of
from benchkit.audit.rule import lost
from benchkit.model.dns import Answer, AnswerState

QUESTIONS = 8
LABELS_AFTER_JUMP = 7


@dataclass(frozen=True, slots=True)
class WalkStep:
    """One name of the walk; `record` is the only one there, which may be void: no policy, and no reports."""

    name: str
    answer: Answer
    selection: Selection
    record: DmarcRecord | None


@dataclass(frozen=True, slots=True)
class Walk:
    start: str
    steps: tuple[WalkStep, ...]

    @property
    def own(self) -> WalkStep:
        return self.steps[0]

    @property
    def found(self) -> tuple[WalkStep, ...]:
        return tuple(step for step in self.steps if step.record is not None)

    @property
    def organizational(self) -> str:
        """§4.10.2: psd=n, else one label below a psd=y that is not the start, else the fewest labels, else the start."""
        for step in self.found:
            if step.record and step.record.psd == "n":
                return step.name
        for step in self.found:
            if step.record and step.record.psd == "y" and step.name != self.start:
                return one_below(step.name, self.start)
        return self.found[-1].name if self.found else self.start

    @property
    def policy(self) -> WalkStep | None:
        """The step whose record is applied; None where there is none, or a void one: then receivers apply no DMARC."""
        chosen = self.chosen
        return chosen if chosen and chosen.record and chosen.record.counts else None

    @property
    def chosen(self) -> WalkStep | None:
        """§4.10.1: the author domain's record, else the organizational domain's, else the public suffix's."""
        by_name = {step.name: step for step in self.found}
        suffix = next((step for step in self.found if step.record and step.record.psd == "y"), None)
        return by_name.get(self.start) or by_name.get(self.organizational) or suffix

    @property
    def lost(self) -> tuple[Answer, ...]:
        """The answers without which the organizational domain is not sure.

        A top-level domain's is not among them where the name below it has a record: only a public suffix operator publishes
        one there, with psd=y, and that would choose the same name.
        """
        sure = len(self.steps) > 1 and self.steps[-2].record is not None
        return lost([step.answer for step in (self.steps[:-1] if sure else self.steps)])

    @property
    def policy_lost(self) -> tuple[Answer, ...]:
        """The answers without which the policy is not sure: none, once the start has a record."""
        return () if self.own.record else self.lost


async def walk(dossier: AuditContext, start: str) -> Walk:
    steps = await asyncio.gather(*(dossier.fact(step, name) for name in names(start)))
    held = [each for each in steps if not (dossier.options.offline and _is_outside(each.answer))] or steps[:1]
    return Walk(start, tuple(_until_the_end(held)))


async def own_walk(dossier: AuditContext) -> Walk:
    """The domain's own."""
    return await dossier.fact(walk, dossier.domain)


async def step(dossier: AuditContext, name: str) -> WalkStep:
    answer = await dossier.ask(f"_dmarc.{name}", "TXT")
    selection = select_dmarc(txts_of(answer))
    return WalkStep(name, answer, selection, None if selection.only is None else parse_dmarc(selection.only))


def names(start: str) -> tuple[str, ...]:
    """The name itself, then one label less each time; from nine labels or more the second has seven."""
    labels = start.split(".")
    rest = labels[1:] if len(labels) <= QUESTIONS else labels[-LABELS_AFTER_JUMP:]
    return (start, *(".".join(rest[at:]) for at in range(len(rest))))


def one_below(suffix: str, start: str) -> str:
    """Of the names from `start` upwards, the one with one label more than `suffix`."""
    return ".".join(start.split(".")[-(len(suffix.split(".")) + 1) :])


def _is_outside(answer: Answer) -> bool:
    """A zone file is judged by what it says itself: no record of a parent zone's is counted on."""
    return answer.state is AnswerState.REFUSED and not answer.queries


def _until_the_end(steps: list[WalkStep]) -> Iterator[WalkStep]:
    for each in steps:
        yield each
        if each.record and each.record.psd in ("y", "n"):
            return
