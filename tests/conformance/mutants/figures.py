"""Wrong figures: failures left out or drawn as fast messages, colours that move from arm to arm, runs that are changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from time import perf_counter_ns
from types import ModuleType
from typing import Any
from unittest.mock import patch

import numpy as np

from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import Run
from benchkit.plots import PLOTS, blocks, ecdf, latency
from benchkit.plots.style import ARM_COLOURS
from benchkit.testing.figure_suite import FigureCase, FigureSuite
from tests.conformance.mutants.mutant import Altered, Mutant

FAST, LEFT_OUT = "test_a_failure_is_not_drawn_as_fast", "test_failures_are_not_left_out"
KEEPS, NAMED = (
    "test_an_arm_keeps_its_colour_when_another_one_has_nothing_to_show",
    "test_a_name_has_the_colour_of_its_arm",
)
TIMES, CUT, FEW = (
    "test_a_known_time_is_drawn_where_its_axis_says",
    "test_no_axis_cuts_data_off",
    "test_few_failures_are_not_left_out",
)
DRAWS = "test_it_draws_whatever_the_run_holds_and_says_where"


def of_run(name: str, change: Any) -> Any:
    """It draws the run as `change` gives it."""
    return Altered(PLOTS[name], draw=lambda run, figure: PLOTS[name].draw(change(run), figure))


def afterwards(name: str, change: Any) -> Any:
    """`change(run, figure)` after it has drawn."""

    def draw(run: Run, figure: Any) -> None:
        PLOTS[name].draw(run, figure)
        change(run, figure)

    return Altered(PLOTS[name], draw=draw)


def coloured(name: str, module: ModuleType, colours: Any) -> Any:
    """With the colours that `colours()` gives for each drawing."""

    def draw(run: Run, figure: Any) -> None:
        with patch.object(module, "arm_colour", colours()):
            PLOTS[name].draw(run, figure)

    return Altered(PLOTS[name], draw=draw)


def as_accepted(run: Run) -> Run:
    return replace(run, messages={**run.messages, "outcome": np.zeros_like(run.messages["outcome"])})


def without_failures(run: Run) -> Run:
    kept = run.messages["outcome"] == OutcomeKind.ACCEPTED
    return replace(run, messages={name: column[kept] for name, column in run.messages.items()})


def by_turns() -> Any:
    """The nth arm that is drawn has the nth colour, whichever arm it is."""
    drawn: dict[int, int] = {}
    return lambda arm: ARM_COLOURS[drawn.setdefault(arm, len(drawn))]


def backwards() -> Any:
    return lambda arm: ARM_COLOURS[2 - arm]


def stamp(_run: Run, figure: Any) -> None:
    figure.text(0, 0, str(perf_counter_ns()))


def shift_times(run: Run, _figure: Any) -> None:
    ended_ns = run.messages["ended_ns"]
    ended_ns += 1


def erase_links(_run: Run, figure: Any) -> None:
    for text in figure.texts:
        text.set_text(text.get_text().replace("RTT", ""))


def divide_by_blocks(run: Run, _figure: Any) -> None:
    assert 1 / run.manifest.blocks


def as_measured(run: Run) -> Run:
    """The warm-up too."""
    return replace(run, messages={**run.messages, "warmup": np.zeros_like(run.messages["warmup"])})


def eight_arms(run: Run) -> Run:
    kept = run.messages["arm"] < 8
    return replace(run, messages={name: column[kept] for name, column in run.messages.items()})


def as_started(run: Run) -> Run:
    """Coordinated omission."""
    return replace(run, messages={**run.messages, "intended_ns": run.messages["started_ns"]})


def not_queued(run: Run) -> Run:
    return replace(run, cells={**run.cells, "queued_ns": np.zeros_like(run.cells["queued_ns"])})


def in_seconds(_run: Run, figure: Any) -> None:
    """The times stay milliseconds."""
    for axes in figure.axes:
        axes.set_xlabel(axes.get_xlabel().replace("milliseconds", "seconds"))


def cut_off(_run: Run, figure: Any) -> None:
    """An axis that ends at nine tenths, so that a few slow messages do not press the others together."""
    for axes in figure.axes:
        low, high = axes.get_xlim()
        axes.set_xlim(low, low + 0.9 * (high - low))


def halved(run: Run) -> Run:
    """The time of one way only."""
    half = (run.messages["ended_ns"] - run.messages["started_ns"]) // 2
    return replace(run, messages={**run.messages, "ended_ns": run.messages["started_ns"] + half})


def without_few_failures(run: Run) -> Run:
    """An arm's failures are drawn from 5 % only."""
    failed = run.messages["outcome"] != OutcomeKind.ACCEPTED
    return run if failed.mean() >= 0.05 else without_failures(run)


ROWS: list[tuple[str, str, str, Any]] = [
    ("latency", FAST, "failures drawn as fast messages", of_run("latency", as_accepted)),
    ("ecdf", FAST, "failures drawn as fast messages", of_run("ecdf", as_accepted)),
    ("latency", LEFT_OUT, "failures dropped", of_run("latency", without_failures)),
    ("ecdf", LEFT_OUT, "failures dropped", of_run("ecdf", without_failures)),
    ("blocks", LEFT_OUT, "failures dropped", of_run("blocks", without_failures)),
    ("ecdf", TIMES, "another unit at its axis", afterwards("ecdf", in_seconds)),
    ("latency", TIMES, "another unit at its axis", afterwards("latency", in_seconds)),
    ("ecdf", TIMES, "halved times", of_run("ecdf", halved)),
    ("tail", TIMES, "halved times", of_run("tail", halved)),
    ("ecdf", CUT, "an axis that cuts data off", afterwards("ecdf", cut_off)),
    ("throughput", CUT, "an axis that cuts data off", afterwards("throughput", cut_off)),
    ("ecdf", FEW, "failures below 5 % left out", of_run("ecdf", without_few_failures)),
    ("failures", FEW, "failures below 5 % left out", of_run("failures", without_few_failures)),
    ("blocks", KEEPS, "colours in the order of drawing", coloured("blocks", blocks, by_turns)),
    ("ecdf", NAMED, "another colour for each arm", coloured("ecdf", ecdf, backwards)),
    ("latency", KEEPS, "one colour for all", coloured("latency", latency, lambda: lambda arm: ARM_COLOURS[arm and 1])),
    ("latency", "test_the_warm_up_is_not_drawn", "the warm-up drawn too", of_run("latency", as_measured)),
    ("ecdf", "test_no_arm_is_left_out", "no more than eight arms", of_run("ecdf", eight_arms)),
    ("ecdf", "test_under_open_load_a_time_counts_from_the_intended_start", "from the actual start",
     of_run("ecdf", as_started)),
    ("ecdf", "test_the_same_run_gives_the_same_bytes", "the time of drawing in it", afterwards("ecdf", stamp)),
    ("latency", "test_it_leaves_the_run_alone", "changes the run", afterwards("latency", shift_times)),
    ("ecdf", DRAWS, "does not say on which link", afterwards("ecdf", erase_links)),
    ("phases", DRAWS, "fails without blocks", afterwards("phases", divide_by_blocks)),
    ("phases", "test_it_names_the_arms_that_were_saturated", "no word about saturation", of_run("phases", not_queued)),
    ("ecdf", "test_it_has_a_name_and_a_title", "no title", Altered(PLOTS["ecdf"], title=" ")),
]  # fmt: skip


def mutants() -> Iterator[Mutant]:
    for name, test, fault, wrong in ROWS:
        yield Mutant(fault, FigureSuite, test, FigureCase(wrong), FigureCase(PLOTS[name]))
