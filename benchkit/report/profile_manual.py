"""What profiles hold of a provider's relay and API, as Markdown: every claim with its source, and what is unknown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchkit.model.plain_number import significant
from benchkit.profiles import Claim, Fact, Profile, load_profile, profile_names

_HEADS = {"smtp": "Its relay", "api": "Its API"}


def profiles_of(provider: str) -> Iterator[str]:
    """The sections of the profiles that belong to an API of benchkit's; of those with none for an empty name."""
    for name in profile_names():
        if (profile := load_profile(name)).provider == provider:
            yield profile_section(name, profile)


def profile_section(name: str, profile: Profile) -> str:
    """`profile = "ses"` makes the embedded server behave so; `benchkit predict ses` computes with it."""
    parts = [f'### {profile.title}: `profile = "{name}"`']
    facts = list(profile.facts())
    for part, head in _HEADS.items():
        mine = [(key.partition(".")[2], fact) for key, fact in facts if key.startswith(f"{part}.")]
        if mine:
            parts += [*_table(head, mine)]
    return "\n\n".join(parts)


def _table(head: str, facts: list[tuple[str, Fact[Any]]]) -> Iterator[str]:
    rows = [_row(key, claim) for key, fact in facts for claim in fact.claims]
    if rows:
        yield "\n".join([f"| {head.lower()} | is | source |", "|---|---|---|", *rows])
    if unknown := [f"`{key}`" for key, fact in facts if not fact.claims]:
        yield f"{head}: unknown are {', '.join(unknown)}."


def _row(key: str, claim: Claim[Any]) -> str:
    note = f"; {claim.note}" if claim.note else ""
    return f"| `{key}` | {_written(claim.value)}{note} | {claim.source}, {claim.date} |".replace("\n", " ")


def _written(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_written, value)) or "none"
    if isinstance(value, int | float):
        return significant(value, 10, separator="," if value >= 10_000 else "")  # a port has no separator
    return str(value)
