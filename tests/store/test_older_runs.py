"""Runs of every earlier stage still open: one small run of each is kept, as it was written then.

`older_runs/` has a folder a stage: tables and manifest of a quickstart, cut to six measured blocks. A change of a table or of
run.json adds one here, of the version before it.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from benchkit.errors import InputError, StoreError
from benchkit.model.tables import TABLES
from benchkit.plots import PLOTS
from benchkit.plots.rendering import svg
from benchkit.report.summary_json import to_json
from benchkit.stats.analysis import analyse
from benchkit.store import load_run

STAGES = sorted((Path(__file__).parent / "older_runs").iterdir())


@pytest.mark.parametrize("folder", STAGES, ids=lambda path: path.name)
def test_a_run_of_an_earlier_stage_opens(folder: Path) -> None:
    run = load_run(folder)
    for layout in TABLES:
        table = getattr(run, layout.name)
        assert len({len(table[column.name]) for column in layout.columns}) == 1
    summary = analyse(run)
    assert summary.valid
    assert summary.account.altered == summary.account.missing == 0
    json.dumps(to_json(summary), allow_nan=False)


@pytest.mark.parametrize("folder", STAGES, ids=lambda path: path.name)
def test_its_figures_are_drawn(folder: Path) -> None:
    run = load_run(folder)
    for name in PLOTS.names():
        if PLOTS[name].suits(run):
            assert svg(run, name).startswith("<?xml")


VALUES: tuple[Any, ...] = (None, True, -1, 0, 10**30, 1e308, "", "x", [], [None], {}, {"a": 1}, [[]], "\ud800")


def mutations(document: dict[str, Any], seed: int) -> Iterator[dict[str, Any]]:
    """One value somewhere replaced by another kind, or one key removed."""
    draw = random.Random(seed)
    for _ in range(200):
        changed = json.loads(json.dumps(document))
        place: Any = changed
        while True:
            key = draw.choice(list(place) if isinstance(place, dict) else range(len(place)))
            inner = place[key]
            if not isinstance(inner, (dict, list)) or not inner or draw.random() < 0.3:
                break
            place = inner
        if draw.random() < 0.2:
            del place[key]
        else:
            place[key] = draw.choice(VALUES)
        yield changed


def test_a_damaged_manifest_gives_a_line_or_a_summary_and_never_a_traceback(tmp_path: Path) -> None:
    folder = STAGES[-1]
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    for changed in mutations(json.loads((folder / "run.json").read_text("utf-8")), seed=1):
        (tmp_path / "run.json").write_text(json.dumps(changed), "utf-8")
        with suppress(InputError, StoreError):
            json.dumps(to_json(analyse(load_run(tmp_path))), allow_nan=False)
