"""Every run that comes with benchkit opens in `report`, `plot` and its notebook, as the code is now."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import benchkit
from benchkit.notebook.kinds import KINDS
from tests.cli.conftest import Verb, verb
from tests.test_notebooks import cells, run_cell, source

__all__ = ["verb"]  # the fixture

ROOT = Path(__file__).parent.parent
SAMPLES = sorted(path.parent for path in (ROOT / "results").glob("sample*/run.json"))
HISTORY = sorted(path.parent for path in (ROOT / "results" / "sample-history").glob("*/run.json"))
NOTEBOOK_OPENS = {
    "latency": "sample",
    "decision": "sample",
    "throughput": "sample-throughput",
    "failures": "sample-failures",
    "deliverability": "sample-deliverability",
}
IN_NO_NOTEBOOK = [path for path in SAMPLES if path.name not in NOTEBOOK_OPENS.values()]  # … unless it is named


def test_every_sample_is_a_run_or_a_folder_of_runs() -> None:
    folders = {path for path in (ROOT / "results").glob("sample*") if path.is_dir()}
    assert folders == {*SAMPLES, ROOT / "results" / "sample-history"}
    assert len(HISTORY) == 12


@pytest.mark.parametrize("run", [*SAMPLES, *HISTORY], ids=lambda path: path.name)
def test_report_opens_it_and_its_summary_is_that_of_today(run: Path, verb: Verb) -> None:
    done = verb("report", str(run), "--json")
    assert (done.code, done.err) == (0, "")
    kept, found = json.loads((run / "summary.json").read_text("utf-8")), json.loads(done.out)
    assert keys(found) == keys(kept), "keys have changed: write `benchkit report RUN --json` to its summary.json"


@pytest.mark.parametrize("run", [*SAMPLES, HISTORY[-1]], ids=lambda path: path.name)
def test_plot_opens_it(run: Path, verb: Verb, tmp_path: Path) -> None:
    done = verb("plot", str(run), "--out", "figures")
    assert (done.code, done.err) == (0, "")
    figures = [tmp_path / line for line in done.out.split()]
    assert len(figures) > 3
    assert all("</svg>" in figure.read_text("utf-8") for figure in figures)


@pytest.mark.parametrize("kind", KINDS)
def test_a_notebook_without_other_runs_opens_its_sample(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """tests/test_notebooks.py executes them on it."""
    monkeypatch.chdir(tmp_path)
    assert benchkit.open_run(kind=kind).path.name == NOTEBOOK_OPENS[kind]


@pytest.mark.parametrize("run", IN_NO_NOTEBOOK, ids=lambda path: path.name)
def test_the_throughput_notebook_opens_the_others(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCHKIT_RUN", str(run))
    scope: dict[str, Any] = {}
    for cell in cells(ROOT / "notebooks" / "throughput.ipynb", "code"):
        run_cell(source(cell), scope)
    assert scope["run"].path == run


def keys(document: object) -> object:
    """The names in a document and their nesting, without values; of a list, those of its first entry."""
    if isinstance(document, dict):
        return {name: keys(each) for name, each in document.items()}
    return [keys(each) for each in document[:1]] if isinstance(document, list) else None
