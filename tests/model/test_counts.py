"""A number and its noun agree, in every count that is made and in every sentence that was made for several."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path

import pytest

import benchkit
from benchkit.model.counts import counted, with_counts, with_singular

ROOT = Path(benchkit.__file__).parent
TEXTS = ("interval",)  # variables that hold a text
NOUNS = re.compile(
    r" (of )?(messages|sends|records|blocks|connections|starts|arms|copies|mails|events|runs|rows|recipients|attempts|"
    r"requests|senders|workers|processes|links)\b"
)


@pytest.mark.parametrize(
    ("number", "noun", "plural", "expected"),
    [
        (0, "message", "", "0 messages"),
        (1, "message", "", "1 message"),
        (2000, "message", "", "2,000 messages"),
        (1, "copy", "copies", "1 copy"),
        (2, "copy", "copies", "2 copies"),
    ],
)
def test_counted(number: int, noun: str, plural: str, expected: str) -> None:
    assert counted(number, noun, plural) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 messages missing: accepted and never arrived", "1 message missing: accepted and never arrived"),
        ("1 records are of sends that are not in the plan", "1 record is of sends that are not in the plan"),
        ("1 copies have no event", "1 copy has no event"),
        ("21 messages, 1,001 messages, 0.1 messages", "21 messages, 1,001 messages, 0.1 messages"),
        ("3 of 1 blocks left out", "3 of 1 block left out"),
    ],
)
def test_with_singular(text: str, expected: str) -> None:
    assert with_singular(text) == expected


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("{count} of {started} messages", {"count": 1, "started": 1_000_000}, "1 of 1,000,000 messages"),
        ("{ratio:.2f}×, {arm}, {on}", {"ratio": 1234, "arm": "2000", "on": True}, "1234.00×, 2000, True"),
    ],
)
def test_with_counts(text: str, values: dict[str, object], expected: str) -> None:
    assert with_counts(text, values) == expected


@pytest.mark.parametrize("room", ["cli", "experiment", "notebook", "plots", "report", "stats"])
def test_every_count_before_its_noun_has_separators(room: str) -> None:
    """In every f-string: `{blocks} blocks` would show 1000000 beside the 3,000,000 of another sentence."""
    bare = [
        f"{path.name}:{value.lineno}"
        for path in (ROOT / room).rglob("*.py")
        for text in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(text, ast.JoinedStr)
        for value, after in pairwise(text.values)
        if isinstance(value, ast.FormattedValue) and value.format_spec is None and not _is_formatted(value.value)
        if isinstance(after, ast.Constant) and NOUNS.match(str(after.value))
    ]
    assert bare == []


def _is_formatted(value: ast.expr) -> bool:
    """By a function of report/numbers.py or plain_number.py, or a text already."""
    text = ast.unparse(value)
    return text.startswith(("counted(", "significant(")) or "numbers." in text or text in TEXTS
