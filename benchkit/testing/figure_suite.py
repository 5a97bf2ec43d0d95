"""What every figure must guarantee: it draws any run, never shows a failure as fast, and each arm keeps its colour."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, ClassVar

import matplotlib as mpl
import numpy as np

from benchkit.model.contracts import Plot
from benchkit.model.outcome import OutcomeKind
from benchkit.model.run import ConditionRecord, Run
from benchkit.plots.rendering import drawn, svg_text
from benchkit.plots.style import ARM_COLOURS, ONE_HOP, arm_colour
from benchkit.testing.figure_data import points, time_axes
from benchkit.testing.suite import Suite, only
from benchkit.testing.synthetic_run import synthesise

LINKS = (ConditionRecord("near", 1.0), ConditionRecord("far", 20.0), ConditionRecord("farther", 40.0))
RUNS: Mapping[str, Mapping[str, Any]] = {
    "talk": {"times": (1.0, 3.0, 1.0), "aa": {2: 0}},
    "throughput": {"times": (1.0, 3.0), "load": "throughput"},
    "open load with failures": {"times": (1.0, 3.0), "load": "open", "failures": {1: 0.4}},
    "one arm": {"times": (1.0,)},
    "all failed": {"times": (1.0, 1.0), "failures": {0: 1.0, 1: 1.0}},
    "no blocks": {"times": (1.0, 1.0), "blocks": 0},
    "two links, one unknown": {"conditions": (ConditionRecord("loopback", 0.03), ConditionRecord("far", None))},
    "a sweep": {"times": (1.0, 3.0), "conditions": LINKS, "blocks": 6},
    "nine arms": {"times": (1.0, 100.0, 3000.0, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5)},
    "microseconds": {"base_ms": 0.02, "message_noise": 0.0, "block_noise": 0.0, "drift": 0.0},
}
EXACT: Mapping[str, Any] = {"base_ms": 5.0, "message_noise": 0.0, "block_noise": 0.0, "drift": 0.0}
_COLOUR = re.compile("#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class FigureCase:
    """`of_accepted`: the figure is about accepted messages only, as the times of phases; `of_failures`: about failures only;
    `of_rates`: about messages per second, which know no intended start.
    """

    plot: Plot
    of_accepted: bool = False
    of_failures: bool = False
    of_rates: bool = False

    @property
    def label(self) -> str:
        return self.plot.name

    def figure(self, run: Run) -> Any:
        """A matplotlib Figure."""
        return drawn(run, self.plot)

    def svg(self, run: Run) -> str:
        return svg_text(self.figure(run))

    def words(self, run: Run) -> str:
        return "\n".join(text for text, _ in _texts(self.figure(run)))


class FigureSuite(Suite):
    """Set `cases` to one FigureCase for each figure."""

    cases: ClassVar[Sequence[FigureCase]] = ()

    def test_it_has_a_name_and_a_title(self, case: FigureCase) -> None:
        assert case.plot.name.isidentifier()
        assert case.plot.title.strip()

    def test_it_draws_whatever_the_run_holds_and_says_where(self, case: FigureCase) -> None:
        for recipe in RUNS.values():
            run = synthesise(**recipe)
            words, links = case.words(run), run.manifest.conditions
            assert case.plot.title in words
            assert ONE_HOP in words
            assert not case.plot.suits(run) or all(f"{condition.name} (RTT " in words for condition in links)

    def test_it_names_the_arms_that_were_saturated(self, case: FigureCase) -> None:
        links = (ConditionRecord("loopback", 0.03), ConditionRecord("far", 10.0))
        run = synthesise(load="throughput", conditions=links)
        assert "aturated" not in case.words(run)
        mine = (run.cells["arm"] == 1) & (run.cells["condition"] == 1)
        queued_ns = np.where(mine, run.cells["ended_ns"] - run.cells["started_ns"], 0)
        words = case.words(replace(run, cells={**run.cells, "queued_ns": queued_ns}))
        assert "arm 1 (far)" in words[words.index("aturated") :]

    def test_the_same_run_gives_the_same_bytes(self, case: FigureCase) -> None:
        run = synthesise(blocks=8)
        assert case.svg(run) == case.svg(run)
        assert "<dc:date>" not in case.svg(run)

    def test_it_leaves_the_run_alone(self, case: FigureCase) -> None:
        run, untouched = synthesise(blocks=4), synthesise(blocks=4)
        case.figure(run)
        for name, column in untouched.messages.items():
            assert (run.messages[name] == column).all(), name

    def test_it_leaves_matplotlibs_settings_alone(self, case: FigureCase) -> None:
        before = dict(mpl.rcParams)
        case.figure(synthesise(blocks=4))
        assert dict(mpl.rcParams) == before

    @only(lambda case: not case.of_failures)
    def test_a_failure_is_not_drawn_as_fast(self, case: FigureCase) -> None:
        """However little time the failed sends took: the picture is the one in which they took as long as the others."""
        for run in _failing_runs():
            assert case.svg(_with_fast_failures(run)) == case.svg(run)

    @only(lambda case: not case.of_accepted)
    def test_failures_are_not_left_out(self, case: FigureCase) -> None:
        for run in _failing_runs():
            if case.plot.suits(run):
                assert case.svg(run) != case.svg(_without_failures(run))

    @only(lambda case: not case.of_accepted)
    def test_few_failures_are_not_left_out(self, case: FigureCase) -> None:
        """One in a hundred: a reader who sees none takes it that there were none."""
        run = synthesise(times=(1.0, 3.0), failures={1: 0.01}, conditions=LINKS, blocks=24)
        if case.plot.suits(run):
            assert case.svg(run) != case.svg(_without_failures(run))

    def test_a_known_time_is_drawn_where_its_axis_says(self, case: FigureCase) -> None:
        """Every message of an arm took 5 or 20 ms: where an axis is in a unit of time, both are on it, in that unit."""
        for links in (LINKS[:1], LINKS):
            run = synthesise(times=(1.0, 4.0), **EXACT, conditions=links, blocks=6)
            for axes, dimension, per_ms in time_axes(case.figure(run)) if case.plot.suits(run) else ():
                drawn = np.concatenate([each[:, dimension] for each in points(axes)])
                for time_ms in (5.0, 20.0):
                    assert np.isclose(drawn, time_ms * per_ms, rtol=1e-3).any(), f"{time_ms} ms is not drawn"

    def test_no_axis_cuts_data_off(self, case: FigureCase) -> None:
        for recipe in RUNS.values():
            run = synthesise(**recipe)
            for axes in case.figure(run).axes if case.plot.suits(run) else ():
                for each in points(axes):
                    for values, limits in zip(each.T, (axes.get_xlim(), axes.get_ylim()), strict=True):
                        low, high = min(limits), max(limits)
                        slack = 1e-6 * (high - low)
                        assert low - slack <= values.min(), "an axis begins beyond its data"
                        assert values.max() <= high + slack, "an axis ends before its data"

    def test_the_warm_up_is_not_drawn(self, case: FigureCase) -> None:
        """However long it took."""
        run = synthesise(times=(1.0, 3.0), conditions=LINKS, blocks=5)
        assert case.svg(_changed(run, "ended_ns", run.messages["warmup"], 7)) == case.svg(run)

    def test_no_arm_is_left_out(self, case: FigureCase) -> None:
        """The last of nine: the picture is another one where its messages are missing."""
        run = synthesise(**RUNS["nine arms"], blocks=5)
        if case.plot.suits(run) and case.svg(run) != case.svg(_only(run, run.messages["arm"] == 0)):
            assert case.svg(run) != case.svg(_only(run, run.messages["arm"] < 8))

    @only(lambda case: not case.of_rates)
    def test_under_open_load_a_time_counts_from_the_intended_start(self, case: FigureCase) -> None:
        """Coordinated omission: a late start is a part of what a message took. A figure of no times need not change."""
        run = synthesise(times=(1.0, 3.0), load="open", blocks=5)
        measured = ~run.messages["warmup"]
        if case.plot.suits(run) and case.svg(run) != case.svg(_changed(run, "ended_ns", measured, 7)):
            assert case.svg(run) != case.svg(_changed(run, "intended_ns", measured, -7))

    def test_an_arm_keeps_its_colour_when_another_one_has_nothing_to_show(self, case: FigureCase) -> None:
        recipe = {"times": (1.0, 2.0, 3.0), "conditions": LINKS, "blocks": 5}
        full = _arm_colours(case.svg(synthesise(**recipe)))
        without = _arm_colours(case.svg(synthesise(**recipe, failures={1: 1.0})))
        assert not full or {arm_colour(arm).lower() for arm in (1, 2)} <= full, "each arm its own"
        assert without <= full
        assert {arm_colour(arm).lower() for arm in (0, 2)} & full <= without

    def test_a_name_has_the_colour_of_its_arm(self, case: FigureCase) -> None:
        """Whichever arm is the fastest: an arm has the same colour in every figure of every run."""
        for times in ((1.0, 2.0, 3.0), (3.0, 1.0, 2.0), (2.0, 3.0, 1.0)):
            figure = case.figure(synthesise(times=times, conditions=LINKS, blocks=6))
            for text, colour in [*_texts(figure), *_legend(figure)]:
                named = re.match(r"arm (\d)", text)
                if named and colour in {each.lower() for each in ARM_COLOURS}:
                    assert colour == arm_colour(int(named[1])).lower(), text


@cache
def _failing_runs() -> tuple[Run, ...]:
    """Closed and open load; the first over links, for figures of a sweep."""
    recipe: dict[str, Any] = {"times": (1.0, 3.0), "failures": {1: 0.4}, "blocks": 6}
    return synthesise(**recipe, conditions=LINKS), synthesise(**recipe, load="open", seed=1)


def _with_fast_failures(run: Run) -> Run:
    """Failed sends that took a microsecond, and ended when they did; but for the first of a cell, which began its clock."""
    failed = (run.messages["outcome"] != OutcomeKind.ACCEPTED) & ~_first_of_cells(run)
    messages = dict(run.messages)
    for name in ("started_ns", "intended_ns"):
        messages[name] = np.where(failed, messages["ended_ns"] - 1000, messages[name])
    kept = ~np.isin(run.phases["send"], messages["send"][failed])
    return replace(run, messages=messages, phases={name: column[kept] for name, column in run.phases.items()})


def _first_of_cells(run: Run) -> Any:
    cells = np.stack([run.messages[name] for name in ("condition", "block", "arm")])
    first = np.zeros(cells.shape[1], dtype=bool)
    first[np.unique(cells, axis=1, return_index=True)[1]] = True
    return first


def _without_failures(run: Run) -> Run:
    kept = run.messages["outcome"] == OutcomeKind.ACCEPTED
    phases = np.isin(run.phases["send"], run.messages["send"][kept])
    return replace(
        run,
        messages={name: column[kept] for name, column in run.messages.items()},
        phases={name: column[phases] for name, column in run.phases.items()},
    )


def _only(run: Run, kept: Any) -> Run:
    """The run with these messages only, and the rows that belong to them."""
    sends = run.messages["send"][kept]
    return replace(
        run,
        messages={name: column[kept] for name, column in run.messages.items()},
        phases={name: column[np.isin(run.phases["send"], sends)] for name, column in run.phases.items()},
        arrivals={name: column[np.isin(run.arrivals["send"], sends)] for name, column in run.arrivals.items()},
    )


def _changed(run: Run, stamp: str, chosen: Any, by_ms: int) -> Run:
    """The run with one time stamp of some messages changed."""
    moved = run.messages[stamp] + np.where(chosen, by_ms * 1_000_000, 0)
    return replace(run, messages={**run.messages, stamp: moved})


def _texts(figure: Any) -> list[tuple[str, str]]:
    """Every text of the figure, with its colour."""
    texts = figure.findobj(lambda artist: hasattr(artist, "get_text") and hasattr(artist, "get_fontsize"))
    return [(text.get_text(), _hex(text.get_color())) for text in texts]


def _legend(figure: Any) -> list[tuple[str, str]]:
    """Each line of the legends: its text, and the colour of its sample."""
    pairs = []
    for legend in [*figure.legends, *(axes.get_legend() for axes in figure.axes if axes.get_legend())]:
        for handle, text in zip(legend.legend_handles, legend.get_texts(), strict=True):
            colour = handle.get_color() if hasattr(handle, "get_color") else handle.get_facecolor()
            pairs.append((text.get_text(), _hex(colour)))
    return pairs


def _hex(colour: Any) -> str:
    if isinstance(colour, str):
        return colour.lower()
    return "#" + "".join(f"{round(255 * part):02x}" for part in colour[:3])


def _arm_colours(svg: str) -> set[str]:
    return set(_COLOUR.findall(svg)) & {colour.lower() for colour in ARM_COLOURS}
