"""Files that come with benchkit, in its repository or in an installed package: notebooks, sample runs, zone files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchkit.errors import InputError, Mistake

_PACKAGE = Path(__file__).parents[1]
_IN_REPOSITORY: Mapping[str, str] = {"notebooks": "notebooks", "samples": "results", "zones": "scenarios/zones"}


def shipped(name: str) -> Path:
    """The folder of "notebooks", "samples" or "zones". Raises InputError where there is no such folder."""
    packaged = _PACKAGE / "shipped" / name
    folder = packaged if packaged.is_dir() else _PACKAGE.parent / _IN_REPOSITORY.get(name, "")
    if name not in _IN_REPOSITORY or not folder.is_dir():
        raise InputError(
            Mistake(f'"{name}"', f"does not come with this installation; there are: {', '.join(_IN_REPOSITORY)}")
        )
    return folder
