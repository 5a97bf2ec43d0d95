"""Identifier alignment (RFC 9989 §4.4): whether an authenticated domain stands for the author's. Each has a walk of its own."""

from __future__ import annotations

from dataclasses import dataclass

from benchkit.audit.audit_context import AuditContext
from benchkit.audit.dmarc.walk import walk
from benchkit.model.dns import Answer


@dataclass(frozen=True, slots=True)
class Alignment:
    """`aligned` None: not known, since answers of a walk are lost."""

    author: str
    authenticated: str
    strict: bool
    aligned: bool | None
    lost: tuple[Answer, ...] = ()


async def alignment(dossier: AuditContext, author: str, authenticated: str, *, strict: bool) -> Alignment:
    if author == authenticated or strict:
        return Alignment(author, authenticated, strict, author == authenticated)
    one, other = await dossier.fact(walk, author), await dossier.fact(walk, authenticated)
    dark = (*one.lost, *other.lost)
    same = one.organizational == other.organizational
    return Alignment(author, authenticated, strict, None if dark else same, dark)
