"""Every notebook runs from top to bottom on the sample run, is stored without outputs, and loads no client library."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LOADS_NO_CLIENT = """
import sys
loaded = {"aiosmtplib", "httpx", "aiohttp"} & sys.modules.keys()
assert not loaded, loaded
"""

WORDS = {"latency": "11 round trips against 1", "audit": "no-such-name.shop.example"}  # what its tables must say


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


def test_there_are_notebooks() -> None:
    assert "latency.ipynb" in [path.name for path in NOTEBOOKS]


def cells(notebook: Path, kind: str) -> list[dict[str, Any]]:
    return [cell for cell in json.loads(notebook.read_text("utf-8"))["cells"] if cell["cell_type"] == kind]


def test_is_stored_without_outputs(notebook: Path) -> None:
    assert cells(notebook, "code")
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells(notebook, "code"))


def test_explains_every_figure_in_few_lines(notebook: Path) -> None:
    assert len(cells(notebook, "markdown")) >= len(cells(notebook, "code")) - 1
    assert all(len(cell["source"]) <= 12 for cell in cells(notebook, "code"))


def test_runs_on_the_sample(notebook: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "results" / "sample", tmp_path / "results" / "sample")
    copy = tmp_path / "notebooks" / notebook.name
    copy.parent.mkdir()
    stored = json.loads(notebook.read_text("utf-8"))
    stored["cells"].append({**cells(notebook, "code")[0], "id": "last", "source": LOADS_NO_CLIENT})
    copy.write_text(json.dumps(stored), "utf-8")
    document = nbformat.read(copy, as_version=4)  # type: ignore[no-untyped-call]  # nbformat has no types
    place = {"metadata": {"path": str(copy.parent)}}
    NotebookClient(document, timeout=120, kernel_name="python3", resources=place).execute()
    shown = [output.get("data", {}) for cell in document.cells for output in cell.get("outputs", [])]
    assert any("image/svg+xml" in data for data in shown)
    wanted = WORDS.get(notebook.stem, "")
    assert any(wanted in data.get("text/markdown", "") for data in shown)
