"""What may be repeated: tests that compare a measured time, and no count. One wrong count is a defect."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
TIMES = ("_ms", "_s", "_ns", "_us")
MARKER = "measures_time"


def marked() -> list[ast.FunctionDef]:
    """Every test that carries the marker."""
    sources = (path.read_text("utf-8") for path in sorted(TESTS.rglob("test_*.py")))
    nodes = (node for source in sources if MARKER in source for node in ast.walk(ast.parse(source)))
    return [
        node
        for node in nodes
        if isinstance(node, ast.FunctionDef) and any(MARKER in ast.unparse(one) for one in node.decorator_list)
    ]


def compares_a_time(node: ast.AST) -> bool:
    return any(isinstance(one, ast.Compare) and any(map(_is_time, ast.walk(one))) for one in ast.walk(node))


def _is_time(node: ast.AST) -> bool:
    """By the unit at the end of a variable's name, or of a key."""
    name = {ast.Name: "id", ast.Attribute: "attr", ast.Constant: "value"}.get(type(node), "")
    return str(getattr(node, name, "")).endswith(TIMES)


@pytest.mark.parametrize("test", marked(), ids=lambda test: test.name)
def test_each_test_that_may_be_repeated_compares_times_only(test: ast.FunctionDef) -> None:
    asserted = [node for node in ast.walk(test) if isinstance(node, ast.Assert)]
    assert compares_a_time(test)
    assert [ast.unparse(node) for node in asserted if not compares_a_time(node)] == []


def test_no_other_test_is_repeated() -> None:
    """The marker stands at functions only, and nothing but it asks for repetition."""
    others = [
        str(path.relative_to(TESTS))
        for path in TESTS.rglob("*.py")
        if path != Path(__file__) and ("mark.flaky" in (text := path.read_text("utf-8")) or _in_pytestmark(text))
    ]
    assert others == ["conftest.py"]


def _in_pytestmark(text: str) -> bool:
    return any(line.startswith("pytestmark") and MARKER in line for line in text.splitlines())


@pytest.mark.parametrize(
    ("source", "is_time"),
    [
        ("assert found['sent_s'] < 30", True),
        ("assert late_ms[0] >= 0", True),
        ("assert found.rtt_ms == 5", True),
        ("assert found['arrived'] == 20_000", False),
        ("found.sent_s", False),
    ],
)
def test_what_compares_a_time(source: str, is_time: bool) -> None:
    assert compares_a_time(ast.parse(source)) is is_time
