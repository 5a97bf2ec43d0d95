"""From text to a filled-in form: TOML, overrides, and pydantic's errors turned into mistakes with places.

Law: nothing stops at the first mistake. A value that is wrong by itself is reported and removed, so that the rules
still see the rest of the form.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from benchkit.errors import InputError, Mistake
from benchkit.scenario.error_messages import complaint
from benchkit.scenario.fields import TAGS, Form
from benchkit.scenario.form import ScenarioForm
from benchkit.scenario.locate import KeyPath, locate
from benchkit.scenario.mistakes import Mistakes
from benchkit.scenario.overrides import apply
from benchkit.scenario.toml_text import document_of

_ARM_TABLE = re.compile(r"\s*\[\s*(arm(?:\.fault)?)\s*\]\s*(?:#.*)?")
MAX_BYTES = 1_000_000
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True)
class ParsedScenario:
    """A scenario in the making: `given` is what the user wrote, `form` what of it is sound, `mistakes` the rest."""

    path: Path
    source: str
    given: dict[str, Any]
    form: ScenarioForm
    mistakes: Mistakes

    def written(self, *path: str | int) -> Any:
        """What the user wrote at this path, soundly or not; None where nothing is."""
        return _reach(self.given, path)

    def gives(self, *path: str | int) -> bool:
        return self.written(*path) is not None


def read(path: Path, overrides: Sequence[str]) -> ParsedScenario:
    """Raises InputError at once for what leaves nothing to check: no file, no TOML, an override of nothing."""
    source = _read_text(path)
    given = _parse(path, source)
    overridden = apply(overrides, given)
    mistakes = Mistakes(str(path), locate(source), overridden)
    form = _fill(given, mistakes)
    _require(form, given, (), mistakes)
    return ParsedScenario(path, _with_overrides(source, overrides), given, form, mistakes)


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            problem = f"has more than {MAX_BYTES:,} bytes: put long texts and lists into files of their own"
            raise InputError(Mistake(str(path), problem))
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise InputError(Mistake(str(path), f"is not UTF-8 text (byte {error.start})")) from None
    except OSError as error:
        raise InputError(Mistake(str(path), f"cannot be read: {error.strerror}")) from None


def _with_overrides(source: str, overrides: Sequence[str]) -> str:
    """The text that is kept with a run says what was set over it."""
    notes = [f"# --set {' '.join(override.split())}" for override in overrides]
    return "\n".join([source.rstrip("\n"), *notes, ""]) if notes else source


def _parse(path: Path, source: str) -> dict[str, Any]:
    try:
        return document_of(source)
    except RecursionError:
        raise InputError(Mistake(str(path), "is nested too deeply")) from None
    except ValueError as error:
        message, line, column = _toml_error(str(error), source)
        raise InputError(Mistake(str(path), f"is not valid TOML: {message}", line, column)) from None


def _toml_error(text: str, source: str) -> tuple[str, int, int]:
    match = _TOML_PLACE.search(text)
    if match is None:
        return text, 1, 1
    if match[1]:
        line, column = int(match[1]), int(match[2])
        return text[: match.start()] + _array_advice(source.split("\n")[line - 1]), line, column
    last = source.split("\n")
    return text[: match.start()] + " at the end of the file", len(last), len(last[-1]) + 1


def _array_advice(line: str) -> str:
    """Where `[arm]` stands for a second time."""
    found = _ARM_TABLE.fullmatch(line)
    return f": write [[{found[1]}]], with two brackets, before each" if found else ""


def _fill(given: dict[str, Any], mistakes: Mistakes) -> ScenarioForm:
    """The form with everything sound in it; each round removes at least one unsound value."""
    sound = deepcopy(given)
    while True:
        try:
            return ScenarioForm.model_validate(sound)
        except ValidationError as invalid:
            paths = [_report(error, mistakes) for error in invalid.errors(include_url=False)]
        for path in paths:
            _remove(sound, path)


def _report(error: ErrorDetails, mistakes: Mistakes) -> KeyPath:
    path = _key_path(error)
    mistakes.add(path, complaint(error, path))
    return path


def _key_path(error: ErrorDetails) -> KeyPath:
    """pydantic's location without the tags of shorthands, which are no keys of the file (an unknown key may look so)."""
    *around, last = error["loc"]
    path = tuple(part for part in around if part not in TAGS)
    return path if last in TAGS and error["type"] != "extra_forbidden" else (*path, last)


def _remove(sound: dict[str, Any], path: KeyPath) -> None:
    """Remove the value; an array is removed as a whole, because its indices would shift."""
    while isinstance(path[-1], int):
        path = path[:-1]
    if (table := _reach(sound, path[:-1])) is not None:
        table.pop(path[-1], None)


def _reach(node: Any, path: KeyPath) -> Any:
    """What stands at this path, None where nothing does (TOML has no null)."""
    for part in path:
        try:
            node = node[part]
        except (LookupError, TypeError):
            return None
    return node


def _require(form: Form, given: dict[str, Any], path: KeyPath, mistakes: Mistakes) -> None:
    """Report every required key that was not written, in this table and in those below."""
    for key in form.required:
        if key not in given:
            mistakes.add((*path, key), "is missing")
    for name, field in type(form).model_fields.items():
        key = field.alias or name
        value = getattr(form, name)
        for index, item in enumerate(value if isinstance(value, list) else [value]):
            below = (*path, key, index) if isinstance(value, list) else (*path, key)
            written = _reach(given, below[len(path) :])
            if isinstance(item, Form) and isinstance(written, dict):
                _require(item, written, below, mistakes)
