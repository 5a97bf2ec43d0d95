"""Templates: `templates/receipt` means receipt.subject and receipt.txt, receipt.html or both, beside one another.

Jinja2 in its sandbox: a template reaches variables, filters and files of its own folder (`extends`, `include`), nothing of
the program or the machine, and limits.py bounds its time, memory and output. Only .html is autoescaped. A variable that no
column gives is an error, never an empty place.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, TemplateError, TemplateNotFound, TemplateSyntaxError, meta

from benchkit.batch.bounded_templates import bounded_environment, output
from benchkit.batch.limits import (
    MAX_TEMPLATE_BYTES,
    OUTSIDE,
    TOO_MUCH,
    LimitError,
    OutputTooLong,
    RenderTimeout,
    bounded_time,
)
from benchkit.batch.template_names import column_of, names_in_template
from benchkit.errors import InputError, Mistake, reason
from benchkit.model.message import canonical_text


@dataclass(frozen=True, slots=True)
class Rendered:
    subject: str
    text: str
    html: str


class _Loader(FileSystemLoader):
    """Files of one folder. `root`: links may not lead out of it."""

    def __init__(self, folder: Path, root: Path | None) -> None:
        super().__init__(folder)
        self._folder = folder
        self._root = root

    def get_source(self, environment: Environment, template: str) -> Any:
        path = self._folder / template
        if self._root is not None and not path.resolve().is_relative_to(self._root):
            raise TemplateError(f"{template} is a link to {path.resolve()}, {OUTSIDE}")
        if path.is_file() and path.stat().st_size > MAX_TEMPLATE_BYTES:
            raise TemplateError(f"{template} has more than {MAX_TEMPLATE_BYTES:,} bytes")
        return super().get_source(environment, template)


class TemplateSet:
    """The three templates of one mail."""

    def __init__(self, stem: Path, root: Path | None = None) -> None:
        self._folder = stem.parent
        self._names = [f"{stem.name}{ending}" for ending in (".subject", ".txt", ".html")]
        self._loader = _Loader(self._folder, root)
        self._environment = bounded_environment(
            loader=self._loader,
            autoescape=lambda name: bool(name and name.endswith(".html")),
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def check(self, known: frozenset[str]) -> Iterator[Mistake]:
        """The mistakes that show without a row: missing files, syntax, variables that are not in `known`."""
        subject, text, html = self._names
        if not self._exists(subject):
            yield Mistake(str(self._folder / subject), "does not exist: a template needs a subject")
        if not self._exists(text) and not self._exists(html):
            yield Mistake(str(self._folder / text), f"does not exist, nor does {html}: a template needs one of them")
        waiting, seen = [name for name in self._names if self._exists(name)], set[str]()
        while waiting:
            name = waiting.pop(0)
            if name not in seen:
                seen.add(name)
                yield from self._check_one(name, known, waiting)

    def _check_one(self, name: str, known: frozenset[str], waiting: list[str]) -> Iterator[Mistake]:
        where = str(self._folder / name)
        try:
            source, _, _ = self._loader.get_source(self._environment, name)
            tree = self._environment.parse(source, name)
            variables = names_in_template(tree)
        except TemplateSyntaxError as error:
            yield Mistake(where, f"is not a template: {error.message}", error.lineno)
            return
        except TemplateNotFound:
            yield Mistake(where, "is included or extended, but is not in the folder of its template")
            return
        except TemplateError as error:
            yield Mistake(where, error.message or "cannot be used")
            return
        except RecursionError:
            yield Mistake(where, "is nested too deeply")
            return
        except (OSError, UnicodeDecodeError) as error:
            yield Mistake(where, f"cannot be read: {reason(error)}")
            return
        there_are = ", ".join(sorted(known))
        for line, variable in sorted((line, variable) for variable, line in variables.items() if variable not in known):
            problem = f"asks for {variable!r}, which no column gives; there are: {there_are}"
            yield Mistake(where, problem, line, column_of(variable, source.splitlines()[line - 1]))
        waiting += [other for other in meta.find_referenced_templates(tree) if other]

    def render(self, variables: Mapping[str, Any]) -> Rendered:
        """One message; raises InputError with the place in the template that failed, LimitError if it takes too much."""
        try:
            with bounded_time():
                subject, text, html = (
                    self._render(name, variables) if self._exists(name) else "" for name in self._names
                )
        except RenderTimeout:  # between two of them, or just behind the last
            where = str(self._folder / self._names[0])
            raise LimitError(Mistake(where, f"fails: {TOO_MUCH[RenderTimeout]}")) from None
        if "\n" in subject.strip():
            raise InputError(Mistake(str(self._folder / self._names[0]), "gives a subject with a line break"))
        return Rendered(subject.strip(), text, html)

    def _render(self, name: str, variables: Mapping[str, Any]) -> str:
        try:
            return canonical_text(output(self._environment.get_template(name), variables))
        except TemplateError as error:
            raise InputError(self._mistake(name, error, error.message or type(error).__name__)) from error
        except (RenderTimeout, MemoryError, OutputTooLong) as error:
            raise LimitError(self._mistake(name, error, TOO_MUCH[type(error)])) from None
        except Exception as error:  # a template is a program of the user's: any operation in it can fail in its own way
            raise InputError(self._mistake(name, error, f"{type(error).__name__}: {error}")) from error

    def _mistake(self, name: str, error: Exception, message: str) -> Mistake:
        """Jinja2 rewrites tracebacks so that their frames are template lines: the innermost one is the location."""
        frames = traceback.extract_tb(error.__traceback__)
        places = [frame for frame in frames if Path(frame.filename).is_relative_to(self._folder)]
        where = Path(places[-1].filename) if places else self._folder / name
        return Mistake(str(where), f"fails: {message}", (places[-1].lineno or 0) if places else 0)

    def _exists(self, name: str) -> bool:
        return (self._folder / name).is_file()
