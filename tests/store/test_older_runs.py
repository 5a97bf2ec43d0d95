"""Runs of every earlier stage still open: one small run of each is kept, as it was written then.

`older_runs/` has a folder a stage, with the tables and the manifest of a small run; `killed` was never closed, and has spools.
A change of a table or of run.json adds a folder, of the version before it. The verbs are tried in tests/cli.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchkit.errors import InputError, StoreError
from benchkit.experiment.parent.body_parser import open_run
from benchkit.model.run import ArmRecord, ConditionRecord, Manifest
from benchkit.model.tables import SCHEMA_VERSION, TABLES, TableLayout
from benchkit.plots.rendering import svg
from benchkit.report.content.sentences import verdicts
from benchkit.report.summary_json import to_json
from benchkit.stats.analysis import analyse
from benchkit.store import load_run
from benchkit.store.rows import arrow_schema

STAGES = sorted((Path(__file__).parent / "older_runs").iterdir())
FIRST, NEWEST = STAGES[0], STAGES[-1]
IN_THE_NOTEBOOK = ("phases", "latency", "blocks", "slopes")


@pytest.mark.parametrize("folder", STAGES, ids=lambda path: path.name)
def test_a_run_of_an_earlier_stage_opens(folder: Path) -> None:
    run = open_run(folder)
    for layout in TABLES:
        table = getattr(run, layout.name)
        assert len({len(table[column.name]) for column in layout.columns}) == 1
    summary = analyse(run)
    assert summary.valid
    assert run.recovered is ("killed" in folder.name)
    assert summary.account.altered == summary.account.missing == 0
    json.dumps(to_json(summary), allow_nan=False)


@pytest.mark.parametrize("folder", STAGES, ids=lambda path: path.name)
def test_what_the_notebook_shows_of_it(folder: Path) -> None:
    run = load_run(folder)
    assert verdicts(analyse(run))
    for name in IN_THE_NOTEBOOK:
        assert svg(run, name).startswith("<?xml")


@pytest.mark.parametrize("folder", STAGES, ids=lambda path: path.name)
def test_a_long_table_that_stays_on_the_disk_has_the_same_defaults(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = load_run(folder)
    monkeypatch.setattr("benchkit.store.loading.IN_MEMORY_ROWS", 0)
    stored = load_run(folder)
    for layout in TABLES:
        for column in layout.columns:
            one, other = (getattr(run, layout.name)[column.name] for run in (held, stored))
            assert one.dtype == other.dtype
            assert np.array_equal(one, other)


def test_what_came_after_the_first_schema_has_a_default_and_its_number() -> None:
    later = [column for layout in TABLES for column in layout.columns if column.since > 1]
    assert all(column.default is not None for column in later)
    assert max([*(column.since for column in later), *(layout.since for layout in TABLES)]) == SCHEMA_VERSION
    for layout in TABLES:
        assert all(column.since == 1 for column in layout.columns) or layout.since == 1


@pytest.mark.parametrize(("record", "key"), [(Manifest, None), (ArmRecord, "arms"), (ConditionRecord, "conditions")])
def test_what_the_first_runs_did_not_record_has_a_default(record: type, key: str | None) -> None:
    stored = json.loads((FIRST / "run.json").read_text("utf-8"))
    written = stored if key is None else stored[key][0]
    needed = {
        field.name
        for field in dataclasses.fields(record)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }
    assert needed <= set(written)


NOT_READ: tuple[object, ...] = (SCHEMA_VERSION + 1, 0, 1.0, True, "1", [], None)


@pytest.mark.parametrize(
    ("schema", "opens"),
    [(schema, True) for schema in range(1, SCHEMA_VERSION + 1)] + [(schema, False) for schema in NOT_READ],
)
def test_every_schema_up_to_this_one_is_read_and_no_other(schema: object, opens: bool, tmp_path: Path) -> None:
    folder = shutil.copytree(NEWEST, tmp_path / "run")
    document = json.loads((folder / "run.json").read_text("utf-8"))
    (folder / "run.json").write_text(json.dumps(document | {"schema": schema}), "utf-8")
    if opens:
        load_run(folder)
    else:
        with pytest.raises(InputError, match=f"reads 1 to {SCHEMA_VERSION}"):
            load_run(folder)


@pytest.mark.parametrize("layout", TABLES, ids=lambda layout: layout.name)
@pytest.mark.parametrize("damage", ["removed", "other type"])
def test_a_table_without_what_its_schema_has_is_damaged(layout: TableLayout, damage: str, tmp_path: Path) -> None:
    folder = shutil.copytree(NEWEST, tmp_path / "run")
    path = folder / f"{layout.name}.parquet"
    table = pq.read_table(path) if path.exists() else arrow_schema(layout).empty_table()
    for column in layout.columns:
        place = table.column_names.index(column.name)
        changed = table.remove_column(place)
        if damage == "other type":
            changed = changed.append_column(column.name, pa.array([[1.5]] * table.num_rows, pa.list_(pa.float64())))
        pq.write_table(changed, path)
        with pytest.raises(StoreError, match=f"{layout.name}.parquet is damaged: .*'{column.name}'"):
            load_run(folder)
