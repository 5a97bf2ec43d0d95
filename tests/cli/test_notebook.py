"""`benchkit notebook`: one page from a notebook and a run, which loads nothing; bad input gives one line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from benchkit.notebook.cells_page import page
from benchkit.notebook.execution import names
from tests.cli.conftest import Verb

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "results" / "sample-failures"
LOADS = re.compile(r"""<(?:script|link|iframe|img)\b|url\((?!#)|@import|\bsrc=""")


def test_writes_one_page_of_the_run_that_is_named_and_loads_nothing(verb: Verb) -> None:
    done = verb("notebook", "failures", str(SAMPLE))
    assert (done.code, done.out) == (0, "failures.html\n")
    shown = Path("failures.html").read_text("utf-8")
    assert "faults-and-limits" in shown
    assert shown.count("<svg") >= 3
    assert "Error" not in shown
    assert LOADS.findall(shown) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(("latencies",), 'notebook "latencies" is unknown; did you mean "latency"?', id="name"),
        pytest.param(("latency", "nowhere"), "nowhere holds no run", id="run"),
    ],
)
def test_bad_input_is_one_line(verb: Verb, arguments: tuple[str, ...], told: str) -> None:
    done = verb("notebook", *arguments)
    assert done.code == 2
    assert told in done.err
    assert done.err.count("\n") == 1


def test_the_help_names_every_notebook(verb: Verb) -> None:
    told = verb("notebook", "--help").out
    assert all(name in told for name in names())


def test_what_a_cell_prints_is_text() -> None:
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "source": ["# A **b** `<c>`\n", "\n", "*d* & e"]},
        {"cell_type": "code", "source": "1 < 2", "outputs": [{"output_type": "stream", "text": "<script>"}]},
    ]
    shown = page("t<itle", cells)
    assert "<h1>A <strong>b</strong> <code>&lt;c&gt;</code></h1>" in shown
    assert "<p><em>d</em> &amp; e</p>" in shown
    assert "1 &lt; 2" in shown
    assert "<script>" not in shown
    assert "t&lt;itle" in shown
