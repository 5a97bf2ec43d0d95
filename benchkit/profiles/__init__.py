"""Profiles of relays and APIs: one TOML file each, or a file of the user's own."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from benchkit.errors import InputError, Mistake, suggestion
from benchkit.profiles.profile import ApiFacts, Claim, Fact, Profile, RelayFacts
from benchkit.profiles.reading import read_profile, read_profile_file

__all__ = [
    "ApiFacts",
    "Claim",
    "Fact",
    "Profile",
    "RelayFacts",
    "load_profile",
    "profile_names",
    "profile_transports",
    "read_profile_file",
]
_SUFFIX = ".toml"


def profile_names() -> tuple[str, ...]:
    return tuple(
        sorted(each.name.removesuffix(_SUFFIX) for each in files(__package__).iterdir() if each.name.endswith(_SUFFIX))
    )


def profile_transports() -> dict[str, frozenset[str]]:
    """For each profile "smtp", "api" or both."""
    profiles = ((name, load_profile(name)) for name in profile_names())
    return {
        name: frozenset(part for part in ("smtp", "api") if getattr(profile, part) is not None)
        for name, profile in profiles
    }


def load_profile(name: str) -> Profile:
    """One of `profile_names()`, or the path of a file. Raises InputError."""
    if name.endswith(_SUFFIX):
        return read_profile_file(Path(name))
    if name not in profile_names():
        if Path(name).is_dir():
            raise InputError(Mistake(name, "is a folder: name a profile, or a file that ends with .toml"))
        problem = f'unknown profile; {suggestion(name, profile_names())}, or give a file as "relay.toml"'
        raise InputError(Mistake(name, problem))
    return _shipped(name)


@lru_cache(64)
def _shipped(name: str) -> Profile:
    return read_profile(
        files(__package__).joinpath(name + _SUFFIX).read_text("utf-8"), name, f"profiles/{name}{_SUFFIX}"
    )
