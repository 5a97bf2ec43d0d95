"""Identifier alignment (RFC 9989 §4.4): whether an authenticated domain belongs to the author's. Each has its own walk."""

from __future__ import annotations

from dataclasses import dataclass

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.walk import walk
from benchkit.audit.rule import unanswered_in
from benchkit.model.dns import Answer


@dataclass(frozen=True, slots=True)
class Alignment:
    """`aligned` None: not known, since answers of a walk are lost."""

    author: str
    authenticated: str
    strict: bool
    aligned: bool | None
    answers: tuple[Answer, ...] = ()  # of both walks, where relaxed alignment needs them

    @property
    def unanswered(self) -> tuple[Answer, ...]:
        return unanswered_in(self.answers)


async def alignment(context: AuditContext, author: str, authenticated: str, *, strict: bool) -> Alignment:
    if author == authenticated or strict:
        return Alignment(author, authenticated, strict, author == authenticated)
    one, other = await context.fact(walk, author), await context.fact(walk, authenticated)
    answers = tuple(step.answer for step in (*one.steps, *other.steps))
    same = one.organizational == other.organizational
    return Alignment(author, authenticated, strict, None if unanswered_in(answers) else same, answers)
