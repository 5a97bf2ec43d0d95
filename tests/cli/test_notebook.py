"""`benchkit notebook`: one page from a notebook and a run, which loads nothing; bad input gives one line."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
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
    ("arguments", "expected"),
    [
        pytest.param(("latencies",), 'notebook "latencies" is unknown; did you mean "latency"?', id="name"),
        pytest.param(("latency", "nowhere"), "nowhere holds no run", id="run"),
    ],
)
def test_bad_input_is_one_line(verb: Verb, arguments: tuple[str, ...], expected: str) -> None:
    done = verb("notebook", *arguments)
    assert done.code == 2
    assert expected in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("name", ["latency", "failures"])
@pytest.mark.parametrize(
    ("harm", "expected"),
    [
        (Path.unlink, "messages.parquet is missing, so the run cannot be read: restore the file, or run again"),
        (lambda path: path.write_bytes(b"PAR1"), "messages.parquet"),
    ],
    ids=["missing", "cut"],
)
def test_a_damaged_run_is_bad_input(
    verb: Verb, tmp_path: Path, name: str, harm: Callable[[Path], object], expected: str
) -> None:
    run = tmp_path / "damaged"
    shutil.copytree(SAMPLE, run)
    harm(run / "messages.parquet")
    done = verb("notebook", name, str(run))
    assert (done.code, done.err.count("\n")) == (2, 1), done
    assert expected in done.err
    assert "a cell fails" not in done.err


def test_the_help_names_every_notebook(verb: Verb) -> None:
    output = verb("notebook", "--help").out
    assert all(name in output for name in names())


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


@pytest.mark.parametrize(
    "output",
    [
        {"data": {"text/html": "<td>a\x1b[31m\tred\x9b2J</td>\n"}},
        {"data": {"image/svg+xml": "<svg>a\x1b[31m\tred\x9b2J</svg>\n"}},
        {"data": {"text/plain": "a\x1b[31m\tred\x9b2J\n"}},
        {"text": ["a\x1b[31m\t", "red\x9b2J\n"]},
    ],
)
def test_control_characters_of_stored_text_are_shown_as_escapes(output: dict[str, Any]) -> None:
    shown = page("t", [{"cell_type": "code", "source": "x", "outputs": [output]}])
    assert "a\\x1b[31m\tred\\x9b2J" in shown
    assert "\x1b" not in shown
    assert "\x9b" not in shown
