"""`--set a.b=c`: one key of the file replaced before anything is checked. Values are TOML; what is no TOML is a string."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchkit.errors import InputError, Mistake
from benchkit.scenario.locate import KeyPath, split_key
from benchkit.scenario.mistakes import key_text
from benchkit.scenario.toml_text import document_of


def apply(overrides: Sequence[str], data: dict[str, Any]) -> frozenset[KeyPath]:
    """Set every override in `data`; gives the paths that were set. Raises InputError with all that cannot be set."""
    paths: set[KeyPath] = set()
    mistakes: list[Mistake] = []
    for override in overrides:
        try:
            paths.add(_set(override, data))
        except InputError as error:
            mistakes += error.mistakes
    if mistakes:
        raise InputError(*mistakes)
    return frozenset(paths)


def _set(override: str, data: dict[str, Any]) -> KeyPath:
    segments, value = _split(override)
    node: Any = data
    path: KeyPath = ()
    for segment in segments[:-1]:
        step = _step(node, segment, path)
        node = node.setdefault(step, {}) if isinstance(node, dict) else node[step]
        path = (*path, step)
    last = _step(node, segments[-1], path)
    node[last] = value
    return (*path, last)


def _split(override: str) -> tuple[tuple[str, ...], Any]:
    try:
        segments, end = split_key(override)
    except (ValueError, IndexError):
        segments, end = (), 0
    if not segments or override[end : end + 1] != "=":
        raise InputError(Mistake("--set", "must be key=value, as in load.blocks=10 or arm.0.client=name"))
    return segments, _value(override[end + 1 :])


def _value(text: str) -> Any:
    try:
        document = document_of(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    return document["value"] if len(document) == 1 else text


def _step(node: Any, segment: str, path: KeyPath) -> str | int:
    """The key or index that `segment` is in `node`."""
    if isinstance(node, dict):
        return segment
    if not isinstance(node, list):
        raise _unsettable(path, "is not a table: nothing can be set in it")
    if not segment.isdecimal() or int(segment) >= len(node):
        raise _unsettable(
            (*path, segment), f"is not an index of {key_text(path)}, which has {len(node)}, counted from 0"
        )
    return int(segment)


def _unsettable(path: KeyPath, message: str) -> InputError:
    return InputError(Mistake("--set", message, key=key_text(path)))
