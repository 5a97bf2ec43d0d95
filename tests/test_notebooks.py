"""Every notebook runs from top to bottom, on samples and on a fresh run; stored without outputs; loads no mail client."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from benchkit.notebook.kinds import KINDS

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
IMPORTS = {"benchkit", "polars", "pandas", "duckdb"}
NAMES = {"latency", "throughput", "failures", "decision", "deliverability", "audit", "history"}
LOADS_NO_CLIENT = """
import sys
loaded = {"aiosmtplib", "httpx", "httpx2", "aiohttp"} & sys.modules.keys()
assert not loaded, loaded
"""
FRESH = ("load.restarts=1", "load.blocks=3", "load.messages_per_block=6", "load.warmup_blocks=1")
FRESH_RUNS = {  # what makes a run for some notebooks each, in a few seconds; one of them has no events to show
    ("latency", "decision", "deliverability"): ("quickstart", "network.rtt_ms=[0,1,2]", "load.restarts=1"),
    ("throughput", "failures"): ("faults-and-limits", "network.rtt_ms=1", "arm.0.fault.0.probability=0.5"),
}


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


@pytest.fixture(scope="module")
def executed() -> dict[str, list[Any]]:
    """The cells of each notebook, all executed one after the other in one kernel: its start takes longest. No name is kept."""
    whole = nbformat.v4.new_notebook()  # type: ignore[no-untyped-call]  # nbformat has no types
    found: dict[str, list[Any]] = {}
    for path in NOTEBOOKS:
        document: Any = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        checks = [nbformat.v4.new_code_cell(code) for code in (LOADS_NO_CLIENT, "%reset -f")]  # type: ignore[no-untyped-call]
        found[path.stem] = [*document.cells, *checks]
        whole.cells += found[path.stem]
    place = {"metadata": {"path": str(ROOT / "notebooks")}}
    NotebookClient(whole, timeout=120, kernel_name="python3", resources=place, allow_errors=True).execute()
    return found


def cells(notebook: Path, kind: str) -> list[dict[str, Any]]:
    return [cell for cell in json.loads(notebook.read_text("utf-8"))["cells"] if cell["cell_type"] == kind]


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def test_each_subject_has_its_notebook() -> None:
    assert {path.stem for path in NOTEBOOKS} >= NAMES


def test_is_stored_without_outputs(notebook: Path) -> None:
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells(notebook, "code"))


def test_is_short_and_says_what_each_cell_shows(notebook: Path) -> None:
    code, texts = cells(notebook, "code"), cells(notebook, "markdown")
    assert 8 <= len(code) <= 11
    assert len(texts) >= len(code)
    assert all(len(cell["source"]) <= 12 for cell in code)
    assert all(source(text).startswith("#") for text in texts)


def test_imports_benchkit_and_what_a_reader_would_use_anyway(notebook: Path) -> None:
    lines = [line for cell in cells(notebook, "code") for line in source(cell).splitlines()]
    imported = {line.split()[1].split(".")[0] for line in lines if line.split(" ")[0] in {"import", "from"}}
    assert imported <= IMPORTS


def test_runs_in_a_kernel_on_the_samples(notebook: Path, executed: dict[str, list[Any]]) -> None:
    outputs = [output for cell in executed[notebook.stem] for output in cell.get("outputs", [])]
    assert [output.evalue for output in outputs if output.output_type == "error"] == []
    shown = [output.get("data", {}) for output in outputs]
    assert any("image/svg+xml" in data for data in shown)
    assert any('class="benchkit"' in data.get("text/html", "") for data in shown)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A run of each kind, made now."""
    found: dict[str, Path] = {}
    for kinds, (scenario, *changed) in FRESH_RUNS.items():
        folder = tmp_path_factory.mktemp(scenario)
        options = [part for key in (*FRESH, *changed) for part in ("--set", key)]
        command = [sys.executable, "-m", "benchkit", "run", str(ROOT / "scenarios" / f"{scenario}.toml"), *options]
        subprocess.run([*command, "--out", str(folder)], check=False, capture_output=True)
        found |= dict.fromkeys(kinds, next(folder.glob("2*")))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_shows_a_fresh_run(kind: str, fresh: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process; what a cell ends in is drawn as a notebook would draw it."""
    monkeypatch.setenv("BENCHKIT_RUN", str(fresh[kind]))
    scope: dict[str, Any] = {}
    for cell in cells(ROOT / "notebooks" / f"{kind}.ipynb", "code"):
        shown = run_cell(source(cell), scope)
        for draw in ("_repr_html_", "_repr_svg_"):
            if hasattr(shown, draw):
                assert getattr(shown, draw)()
    assert scope["run"].path == fresh[kind]


def run_cell(code: str, scope: dict[str, Any]) -> Any:
    """What the cell's last line is, if it is an expression."""
    tree = ast.parse(code)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), scope)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), scope) if isinstance(last, ast.Expr) else None
