"""Runs of every earlier stage through the verbs that read runs; and damaged ones: a line, never a bug in benchkit."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchkit.errors import BUG
from benchkit.plots import PLOTS
from tests.cli.conftest import Verb

STAGES = sorted((Path(__file__).parents[1] / "store" / "older_runs").iterdir())
AT_ONCE = 20
DAMAGED = {  # the folder → how many seeds: one with every table, which suits every figure, and one that was never closed
    next(folder for folder in STAGES if "sweep" in folder.name): 300,
    next(folder for folder in STAGES if "killed" in folder.name): 100,
}
VALUES: tuple[Any, ...] = (
    None, True, False, -1, 0, 1, 2, 3, 10**30, -(10**30), 2**63, 1e308, 0.5, float("nan"), float("inf"), float("-inf"), "", "x",
    "\ud800", "\x1b[31m\n", "$x$", "0" * 32, "9" * 5000, [], [None], [[]], ["x"], [1, 2], {}, {"a": 1}, {"model": "open"},
)  # fmt: skip


@pytest.mark.parametrize("folder", STAGES, ids=lambda path: path.name)
def test_report_and_plot_open_it(folder: Path, verb: Verb) -> None:
    done = verb("report", str(folder))
    assert (done.code, done.err) == (0, "")
    document = verb("report", str(folder), "--json")
    assert json.loads(document.out)["account"]["altered"] == 0
    page = verb("report", str(folder), "--html", "--out", "page.html")
    assert (page.code, page.err) == (0, "")
    drawn = verb("plot", str(folder), "--out", "figures")
    assert (drawn.code, drawn.err) == (0, "")
    assert {"phases.svg", "latency.svg", "blocks.svg"} <= {path.name for path in Path("figures").iterdir()}


def mutated(document: dict[str, Any], draw: random.Random) -> str:
    """One value somewhere replaced by one of another kind, repeated, or removed; or the text itself cut or changed."""
    if draw.random() < 0.05:
        text = json.dumps(document)
        at = draw.randrange(len(text))
        return draw.choice((text[:at], text[:at] + draw.choice('{}[]",:0') + text[at + 1 :], text[:at] + "[" * 100_000))
    changed = json.loads(json.dumps(document))
    *_, (table, key) = _path(changed, draw)
    match draw.randrange(6):
        case 0:
            del table[key]
        case 1 if isinstance(table[key], list):
            table[key] = table[key] * draw.choice((0, 2, 3))
        case 2 if isinstance(table[key], int | float):
            table[key] = table[key] * draw.choice((-1, 0, 2, 1000, 10**9))
        case _:
            table[key] = draw.choice(VALUES)
    return json.dumps(changed)


def _path(table: Any, draw: random.Random) -> Iterator[tuple[Any, Any]]:
    """(table or list, key or place) from the top to somewhere inside."""
    while True:
        key = draw.choice(list(table) if isinstance(table, dict) else range(len(table)))
        yield table, key
        table = table[key]
        if not isinstance(table, dict | list) or not table or draw.random() < 0.3:
            return


@pytest.mark.parametrize(
    ("folder", "first"), [(folder, first) for folder, seeds in DAMAGED.items() for first in range(0, seeds, AT_ONCE)]
)
def test_a_damaged_manifest_gives_one_line(folder: Path, first: int, verb: Verb, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "run")
    document = json.loads((folder / "run.json").read_text("utf-8"))
    figures = PLOTS.names()
    for seed in range(first, first + AT_ONCE):
        text = mutated(document, random.Random(seed))
        (tmp_path / "run" / "run.json").write_text(text, "utf-8", "surrogatepass")
        shown = ("report",) if seed % 2 else ("report", "--html", "--out", "page.html")
        for arguments in (shown, ("plot", "--out", "figures", "--figure", figures[seed % len(figures)])):
            done = verb(*arguments, "run")
            context = f"seed {seed}, {arguments[0]}: {done.err}"
            # 1: a table lacks what the changed number of its schema promises
            assert done.code in ((0,) if not done.err else (1, 2, 3, 5)), context
            assert BUG not in done.err, context
            assert done.err.count("\n") <= 1, context
            assert "\x1b" not in done.out + done.err, context
