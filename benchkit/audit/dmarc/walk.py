"""The DNS tree walk (RFC 9989 §4.10): from a name up to the top-level domain, at most eight questions.

`steps` are the questions that a receiver would ask. benchkit asks for all names at once, because they do not depend on the
answers; answers above the step that ends the walk are not used. A name with several records counts as one without.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.records.dmarc import DmarcRecord, parse_dmarc, select_dmarc
from benchkit.audit.records.selection import Selection
from benchkit.audit.records.text import txts_of
from benchkit.audit.rule import unanswered_in
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
    def unanswered(self) -> tuple[Answer, ...]:
        """The answers without which the organizational domain is not sure."""
        return unanswered_in([step.answer for step in self.steps])

    @property
    def policy_unanswered(self) -> tuple[Answer, ...]:
        """The answers without which the policy is not sure: none, once the start has a record."""
        return () if self.own.record else self.unanswered


async def walk(context: AuditContext, start: str) -> Walk:
    await asyncio.gather(*(context.prefetch(_at(name), "TXT") for name in names(start)))
    steps = [await context.fact(step, start)]
    for name in names(start)[1:]:
        if _ends(steps[-1], start):
            break
        if not await _decides_nothing(context, name, steps[-1]):
            steps.append(await context.fact(step, name))
    return Walk(start, tuple(steps))


async def own_walk(context: AuditContext) -> Walk:
    """The domain's own."""
    return await context.fact(walk, context.domain)


async def policy_step(context: AuditContext, start: str) -> WalkStep | None:
    """The step whose record is applied to mail from a name. Nothing above the name is read where it has a record itself."""
    own = Walk(start, (await context.fact(step, start),))
    return (own if own.found else await context.fact(walk, start)).policy


async def own_policy_step(context: AuditContext) -> WalkStep | None:
    """The domain's own."""
    return await context.fact(policy_step, context.domain)


async def step(context: AuditContext, name: str) -> WalkStep:
    answer = await context.ask(_at(name), "TXT")
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


def _at(name: str) -> str:
    return f"_dmarc.{name}"


async def _decides_nothing(context: AuditContext, name: str, below: WalkStep) -> bool:
    """A zone file is judged by what it says itself. And only a public suffix operator publishes at a top-level domain, with
    psd=y: where the name below has a record, that would choose the same organizational domain as no answer does.
    """
    answer = await context.prefetch(_at(name), "TXT")
    outside = context.options.offline and answer.state is AnswerState.REFUSED and not answer.queries
    return outside or ("." not in name and below.record is not None and not answer.state.known)


def _ends(step: WalkStep, start: str) -> bool:
    """psd=n ends the walk anywhere, psd=y only above the name that it starts at (§4.10, steps 2 and 6)."""
    return step.record is not None and (step.record.psd == "n" or (step.record.psd == "y" and step.name != start))
