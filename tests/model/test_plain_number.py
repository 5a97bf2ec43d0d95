"""No number that a person reads has an exponent: the one function for them, and that no other way to write one is used."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import benchkit
from benchkit.model.counts import with_counts
from benchkit.model.plain_number import significant

PACKAGE = Path(benchkit.__file__).parent
EXPONENT = re.compile(r"[<>=^+ ]*[\d,_]*(\.\d*)?[egEG]")
FOR_PROGRAMS = (
    "report/html/slider_form.py",
    "experiment/parent/placements_of_run.py",
)  # a data attribute, a stored value


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (1793.4, 3, "1,793"),
        (18.44, 3, "18.4"),
        (60.0, 6, "60"),
        (0.00001234, 3, "0.0000123"),
        (1e16, 6, "10,000,000,000,000,000"),
        (9.996, 3, "10"),
        (0.0, 3, "0"),
        (-2.5, 2, "-2.5"),
        (math.nan, 3, "–"),
        (math.inf, 3, "∞"),
        (-math.inf, 3, "−∞"),
    ],
)
def test_a_number_as_people_read_it(value: float, digits: int, text: str) -> None:
    assert significant(value, digits) == text


def test_a_name_has_no_separators() -> None:
    assert significant(1000.0, separator="") == "1000"


@given(st.floats(), st.integers(1, 10))
def test_no_number_has_an_exponent(value: float, digits: int) -> None:
    text = significant(value, digits)
    assert "e" not in text.lower()
    if math.isfinite(value) and value:
        read = float(text.replace(",", ""))
        assert math.isclose(read, value, rel_tol=10.0 ** (1 - digits)) or abs(read - value) <= 0.5


@pytest.mark.parametrize("spec", ["g", ".3g", ",.10g"])
def test_a_text_with_counts_writes_none_either(spec: str) -> None:
    assert with_counts(f"{{ms:{spec}}} ms", {"ms": 1234567.0}) == "1,234,567 ms"


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_formats_with_an_exponent(path: Path) -> None:
    if path.relative_to(PACKAGE).as_posix() not in FOR_PROGRAMS:
        assert list(_exponents(ast.parse(path.read_text("utf-8")))) == []


def _exponents(tree: ast.Module) -> Iterator[int]:
    """Lines with a format specification that ends in e or g."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr):
            last = node.format_spec.values[-1] if node.format_spec.values else None
            if isinstance(last, ast.Constant) and EXPONENT.fullmatch(str(last.value)):
                yield node.lineno
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "format" and len(node.args) == 2:
            spec = node.args[1]
            if isinstance(spec, ast.Constant) and EXPONENT.fullmatch(str(spec.value)):
                yield node.lineno
