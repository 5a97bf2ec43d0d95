"""Whose zone a name is in: a record in another owner's zone is asked for, and never pasted."""

from __future__ import annotations

from benchkit.audit.tables.provider_signatures import by_mx, by_target
from benchkit.audit.tables.public_suffixes import registrable, related


def whom_to_ask(domain: str, name: str) -> str:
    """Who must change a record at `name`; "" where the owner of `domain` can."""
    if related(domain, name):
        return ""
    provider = by_target(name) or next(iter(by_mx((name,))), None)
    return f"{provider.name}, which holds {registrable(name)}" if provider else f"the owner of {registrable(name)}"
