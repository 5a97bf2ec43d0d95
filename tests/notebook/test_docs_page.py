"""docs/notebooks.md lists every column as the tables explain it, and what it shows of other libraries works."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import duckdb
import polars as pl
import pytest

from benchkit.model.tables import COLLECTED, TABLES
from benchkit.store import explained

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "notebooks.md"
CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)


def columns_in_markdown() -> str:
    """To renew the page's end: `python -m tests.notebook.test_docs_page`."""
    return "\n".join(
        line
        for layout in (*TABLES, *COLLECTED)
        for line in (
            f"### {layout.name}",
            "| column | type | since | what it holds |",
            "|---|---|---|---|",
            *(f"| `{one.name}` | {one.kind} | {one.since} | {one.about} |" for one in explained(layout)),
            "",
        )
    )


def test_lists_every_column() -> None:
    """By name; what each holds may have been said better since."""
    page = PAGE.read_text("utf-8")
    for layout in (*TABLES, *COLLECTED):
        section = page.partition(f"### {layout.name}\n")[2].partition("### ")[0]
        missing = [column.name for column in explained(layout) if f"| `{column.name}` |" not in section]
        assert missing == [], "renew the page: python -m tests.notebook.test_docs_page"


@pytest.mark.parametrize("code", CODE.findall(PAGE.read_text("utf-8"))[1:])
def test_what_it_shows_of_other_libraries_works(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "results" / "sample", tmp_path / "results" / "sample")
    monkeypatch.chdir(tmp_path)
    exec("import benchkit, duckdb, polars\nrun = benchkit.open_run()\n" + code)


def test_the_globs_of_all_runs_also_take_older_ones(tmp_path: Path) -> None:
    for stage in ("2026-11-22-first", "2026-11-27-sweep"):
        shutil.copytree(ROOT / "tests" / "store" / "older_runs" / stage, tmp_path / stage)
    files = f"{tmp_path}/*/messages.parquet"
    by_duckdb = len(duckdb.read_parquet(files, union_by_name=True))
    by_polars = (
        pl.scan_parquet(files, missing_columns="insert", extra_columns="ignore").select(pl.len()).collect().item()
    )
    assert by_duckdb == by_polars > 0


if __name__ == "__main__":
    head = PAGE.read_text("utf-8").partition("\n### ")[0].rstrip()
    PAGE.write_text(f"{head}\n\n{columns_in_markdown()}", "utf-8")
