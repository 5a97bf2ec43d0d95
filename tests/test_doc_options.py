"""Options that the manual names beside a verb: `benchkit VERB … --option`, and those later in the same sentence, exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from click import Command

from benchkit.cli.main import app
from tests.test_docs import PAGES, ROOT

SPAN = re.compile(r"(`+)(.+?)\1", re.DOTALL)
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
VERB = re.compile(r"^(?:(?:.* )?benchkit )?(?P<verb>[a-z]+)\b")
SENTENCE = re.compile(r"(?<=[.:;?!])\s+|\n\s*\n|\n(?=[-#|])")


def options_by_verb() -> dict[str, set[str]]:
    group = typer.main.get_command(app)
    commands: dict[str, Command] = getattr(group, "commands", {})
    return {name: {word for each in one.params for word in each.opts} | {"--help"} for name, one in commands.items()}


OPTIONS = options_by_verb()


def unknown(text: str) -> Iterator[str]:
    """An option by itself is one of the verbs that its sentence has named before it."""
    for sentence in SENTENCE.split(text):
        verbs: list[str] = []
        for span in SPAN.finditer(sentence):
            named = VERB.match(" ".join(span[2].split()))
            if named and named["verb"] in OPTIONS:
                verbs.append(named["verb"])
                yield from (f"{verbs[-1]} {each}" for each in OPTION.findall(span[2]) if each not in OPTIONS[verbs[-1]])
            elif verbs and "schema" not in verbs and span[2].startswith("--"):  # a schema is of another verb's --json
                known = set().union(*(OPTIONS[verb] for verb in verbs))
                yield from (f"{verbs[-1]} {each}" for each in OPTION.findall(span[2]) if each not in known)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_option_of_a_verb_exists(page: Path) -> None:
    assert list(unknown(page.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Options of `benchkit run` may follow, as\n`--html`.", ["run --html"]),
        ("`benchkit report --nothing`", ["report --nothing"]),
        ("`benchkit report` (`--markdown`, `--html`)", []),
        ("`benchkit run` sends. Its page: `--html`", []),
    ],
)
def test_a_wrong_option_is_found(text: str, expected: list[str]) -> None:
    assert list(unknown(text)) == expected
