"""What every figure in the registry must keep, before its author writes a test: draws any run, says where, same bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from benchkit.model.run import ConditionRecord, Run
from benchkit.plots import PLOTS
from benchkit.plots.rendering import draw, save, svg
from benchkit.plots.style import ONE_HOP

RUNS: Mapping[str, Mapping[str, Any]] = {
    "talk": {"times": (1.0, 3.0, 1.0), "aa": {2: 0}},
    "throughput": {"times": (1.0, 3.0), "load": "throughput"},
    "open load with failures": {"times": (1.0, 3.0), "load": "open", "failures": {1: 0.4}},
    "one arm": {"times": (1.0,)},
    "all failed": {"times": (1.0, 1.0), "failures": {0: 1.0, 1: 1.0}},
    "no blocks": {"times": (1.0, 1.0), "blocks": 0},
    "two links, one unknown": {"conditions": (ConditionRecord("loopback", 0.03), ConditionRecord("far", None))},
    "nine arms": {"times": (1.0, 100.0, 3000.0, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5)},
    "microseconds": {"base_ms": 0.02, "message_noise": 0.0, "block_noise": 0.0, "drift": 0.0},
}


def words(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(Text) if isinstance(text, Text))


@pytest.fixture(params=PLOTS.names())
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_is_registered_under_its_own_name_with_a_title(name: str) -> None:
    assert PLOTS[name].name == name
    assert PLOTS[name].title


@pytest.mark.parametrize("recipe", RUNS)
def test_draws_whatever_the_run_holds(synthetic_run: Callable[..., Run], name: str, recipe: str) -> None:
    run = synthetic_run(**RUNS[recipe])
    figure = draw(run, name)
    figure.draw_without_rendering()
    said = words(figure)
    assert PLOTS[name].title in said
    assert ONE_HOP in said
    assert not PLOTS[name].suits(run) or all(f"{condition.name} (RTT " in said for condition in run.manifest.conditions)


def test_names_the_arms_that_were_saturated(synthetic_run: Callable[..., Run], name: str) -> None:
    links = (ConditionRecord("loopback", 0.03), ConditionRecord("far", 10.0))
    run = synthetic_run(load="throughput", conditions=links)
    assert "aturated" not in words(draw(run, name))
    mine = (run.cells["arm"] == 1) & (run.cells["condition"] == 1)
    queued_ns = np.where(mine, run.cells["ended_ns"] - run.cells["started_ns"], 0)
    told = words(draw(replace(run, cells={**run.cells, "queued_ns": queued_ns}), name))
    assert "Saturated, so that the times are the generator’s own: arm 1 (far)" in told.splitlines()


def test_the_same_run_gives_the_same_bytes(synthetic_run: Callable[..., Run], name: str) -> None:
    run = synthetic_run(blocks=8)
    assert svg(run, name) == svg(run, name)
    assert "<dc:date>" not in svg(run, name)


def test_is_saved_in_the_format_of_its_suffix(synthetic_run: Callable[..., Run], name: str, tmp_path: Path) -> None:
    run = synthetic_run(blocks=8)
    for suffix, magic in ((".svg", b"<?xml"), (".png", b"\x89PNG"), (".pdf", b"%PDF")):
        path = tmp_path / f"{name}{suffix}"
        save(run, name, path)
        assert path.read_bytes().startswith(magic)


def test_leaves_matplotlibs_settings_alone(synthetic_run: Callable[..., Run], name: str) -> None:
    before = dict(mpl.rcParams)
    svg(synthetic_run(blocks=8), name)
    assert dict(mpl.rcParams) == before
