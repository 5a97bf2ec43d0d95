"""Each table of a run goes to polars, pandas and DuckDB as it is, whatever benchkit made the run, and says what it holds."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import benchkit
from benchkit.model.tables import COLLECTED, TABLES
from benchkit.notebook.run_table import RunTable

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "results" / "sample"
STAGES = sorted((ROOT / "tests" / "store" / "older_runs").iterdir())
NAMES = [layout.name for layout in (*TABLES, *COLLECTED)]
ROWS = 1_000_000


def by_duckdb(table: RunTable) -> pa.Table:
    return duckdb.from_arrow(table).to_arrow_table()


TAKERS: dict[str, Callable[[Any], Any]] = {
    "polars": pl.DataFrame,
    "pandas": pd.DataFrame.from_arrow,
    "duckdb": by_duckdb,
}


@pytest.mark.parametrize("taker", TAKERS)
@pytest.mark.parametrize("name", NAMES)
def test_a_library_takes_every_table_whole(name: str, taker: str) -> None:
    table: RunTable = getattr(benchkit.open_run(SAMPLE), name)
    taken = TAKERS[taker](table)
    assert taken.shape == (len(table), len(table.columns))


@pytest.mark.parametrize("stage", STAGES, ids=lambda path: path.name)
@pytest.mark.parametrize("name", NAMES)
def test_older_runs_and_killed_ones_have_the_same_columns(stage: Path, name: str) -> None:
    table: RunTable = getattr(benchkit.open_run(stage), name)
    assert pl.DataFrame(table).columns == [column.name for column in table.columns]


@pytest.mark.parametrize("name", NAMES)
def test_every_column_says_what_it_holds(name: str) -> None:
    columns = getattr(benchkit.open_run(SAMPLE), name).columns
    assert all(column.about for column in columns)
    shown = columns._repr_html_()
    assert all(column.name in shown and column.name in repr(columns) for column in columns)


def test_names_and_durations_are_those_of_the_run() -> None:
    run = benchkit.open_run(SAMPLE)
    messages, first = run.messages, run.manifest.arms[0]
    mine = messages["arm_name"] == first.name
    assert np.count_nonzero(mine) == np.count_nonzero(messages["arm"] == 0) > 0
    assert set(messages["outcome_name"]) == {"accepted"}
    assert np.allclose(messages["service_ms"] * 1e6, messages["ended_ns"] - messages["started_ns"])
    assert messages["elapsed_s"].min() == 0
    connect = run.phases["phase_name"] == "connect"
    assert np.count_nonzero(connect)
    assert (run.phases["phase"][connect] == 0).all()


def test_draws_its_first_rows_and_says_how_many_there_are() -> None:
    table = benchkit.open_run(SAMPLE).messages
    assert f"{len(table):,} rows" in table._repr_html_()
    assert f"{len(table):,} rows" in repr(table)


@pytest.fixture(scope="module")
def million(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, its rows repeated up to a million in each table."""
    folder = tmp_path_factory.mktemp("million") / "run"
    shutil.copytree(SAMPLE, folder)
    for name in ("messages", "phases"):
        rows = pq.read_table(SAMPLE / f"{name}.parquet")
        repeated = pa.concat_tables([rows] * -(-ROWS // rows.num_rows)).slice(0, ROWS)
        pq.write_table(repeated, folder / f"{name}.parquet")
    return folder


@pytest.mark.parametrize("taker", TAKERS)
def test_a_million_rows_cost_no_more_than_reading_them_a_few_times(million: Path, taker: str) -> None:
    """0.01 to 0.1 s on a free core, once read; no absolute time is tested, because the machine may be shared."""
    for name in ("messages", "phases"):
        table: RunTable = getattr(benchkit.open_run(million), name)
        assert len(table) == ROWS
        table.arrow  # noqa: B018 (read)
        ours = best_of(partial(TAKERS[taker], table))
        read = best_of(partial(pq.read_table, million / f"{name}.parquet"))
        assert ours < 5 * read + 0.05, f"{name}: {ours:.3f} s, and Arrow reads the file in {read:.3f} s"


def best_of(work: Callable[[], Any], times: int = 3) -> float:
    def seconds() -> float:
        started = time.perf_counter()
        work()
        return time.perf_counter() - started

    return min(seconds() for _ in range(times))
