"""How providers, clients, statistics and figures are found by name, built-in ones and those of other packages.

A registry is a tuple of module names in the room's `__init__.py`; file name = registered name = the object's own
name. Modules load when first asked for, so that `--help` stays quick. An outside package comes in by the entry-point
group `benchkit.<kind>` and can add a name, never replace a built-in one.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, TypeVar

from benchkit.errors import InputError, Mistake, suggestion

T = TypeVar("T")


class Registry(Generic[T]):
    """Names → things. A built-in module holds its thing under the attribute that `attribute` names.

    `builtin` is a tuple of module names, or a mapping from names to modules where one module holds a table of things.
    """

    def __init__(self, kind: str, package: str, attribute: str, builtin: tuple[str, ...] | Mapping[str, str]) -> None:
        self.kind = kind
        self._package = package
        self._attribute = attribute
        self._builtin = builtin if isinstance(builtin, Mapping) else {name: name for name in builtin}
        self._loaded: dict[str, T] = {}

    def names(self) -> tuple[str, ...]:
        """Built-in names in their order, then those from outside, sorted."""
        return (*self._builtin, *sorted(self._outside()))

    def __getitem__(self, name: str) -> T:
        """The thing of that name; raises InputError with what exists when there is none."""
        if name not in self._loaded:
            self._loaded[name] = self._load(name)
        return self._loaded[name]

    def _load(self, name: str) -> T:
        if name in self._builtin:
            loaded: T | Mapping[str, T] = getattr(
                import_module(f"{self._package}.{self._builtin[name]}"), self._attribute
            )
            return loaded[name] if isinstance(loaded, Mapping) else loaded
        point = self._outside().get(name)
        if point is None:
            raise InputError(Mistake(f'{self.kind} "{name}"', f"is unknown; {suggestion(name, self.names())}"))
        found: T = point.load()
        return found

    def _outside(self) -> dict[str, EntryPoint]:
        points = _points(f"benchkit.{self.kind}", tuple(sys.path))
        return {point.name: point for point in points if point.name not in self._builtin}


@cache
def _points(group: str, _search_path: tuple[str, ...]) -> tuple[EntryPoint, ...]:
    """Looked for once on a search path: that reads the metadata of every installed package."""
    return tuple(entry_points(group=group))
