"""Figures of several runs, and of costs: what they draw, for runs without anything to draw too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from benchkit.model.history import ArmFacts, RunFacts
from benchkit.model.run import Run
from benchkit.plots import concurrency, history, overlay
from benchkit.plots.cost import PLOT as COST
from benchkit.plots.rendering import draw, svg_of
from benchkit.stats.analysis import analyse
from benchkit.stats.history import history_of

Factory = Callable[..., Run]
PRICES = {"currency": "EUR", "per_thousand": [["arm 1", 0.5]], "cpu_per_hour": 0.04, "egress_per_gb": 0.09}


def words(draw_on: Callable[[Figure], None]) -> str:
    figure = Figure()
    draw_on(figure)
    svg_of(draw_on)  # as it is shown: raises nothing
    return "\n".join(text.get_text() for text in figure.findobj(Text) if isinstance(text, Text))


def facts(number: int, median_ms: float | None, failed: int = 0) -> RunFacts:
    arm = ArmFacts("_a", "link", median_ms, median_ms, median_ms, 100, failed)
    return RunFacts(f"run {number}", f"2026-01-{number + 1:02}", "check", "talk", "cpu", "complete", True, (arm,), ())


def test_concurrency_draws_each_arm_over_the_senders(synthetic_run: Factory) -> None:
    runs = [(senders, analyse(synthetic_run(load="throughput", seed=senders))) for senders in (4, 1, 2)]
    output = words(lambda figure: concurrency.draw(figure, runs))
    assert "Do more senders raise the rate" in output
    assert "n = 3 runs" in output
    assert "arm 1" in output
    assert "no run" in words(lambda figure: concurrency.draw(figure, []))


def test_overlay_has_a_panel_for_each_arm_that_both_runs_have(synthetic_run: Factory) -> None:
    before, after = synthetic_run(times=(1.0, 2.0, 3.0)), synthetic_run(times=(1.0, 2.0), failures={1: 1.0})
    output = words(lambda figure: overlay.draw(figure, before, after))
    assert [f"arm {arm} on loopback" in output for arm in range(3)] == [True, True, False]
    assert "failed, n = 300" in output
    other = replace(after, manifest=replace(after.manifest, arms=(replace(after.manifest.arms[0], name="x"),) * 2))
    assert "no arm has the same name" in words(lambda figure: overlay.draw(figure, before, other))


@pytest.mark.parametrize("what", ["time", "failures"])
def test_history_marks_each_change_with_both_levels(what: str) -> None:
    runs = [facts(n, 4.0 + 0.01 * (n % 3) + (n >= 8), 2 * (n >= 8) * 10) for n in range(16)]
    output = words(lambda figure: history.draw(figure, history_of(runs), what))
    assert "check on link (talk; cpu): n = 16 runs" in output
    assert {"time": "4.01 → 5.01", "failures": "0 → 20"}[what] in output
    assert "there are no runs" in words(lambda figure: history.draw(figure, history_of([]), what))
    nothing: list[Any] = [facts(0, None), facts(1, None)]
    assert "n = 2 runs" in words(lambda figure: history.draw(figure, history_of(nothing), what))


def test_cost_tells_the_whole_of_each_arm_and_needs_prices(synthetic_run: Factory) -> None:
    run = synthetic_run()
    assert not COST.suits(run)
    assert "gives no prices" in "\n".join(
        text.get_text() for text in draw(run, "cost").findobj(Text) if isinstance(text, Text)
    )
    priced = replace(run, manifest=replace(run.manifest, cost=PRICES))
    assert COST.suits(priced)
    total = {one.arm: one.total for one in analyse(priced).costs}
    expected = "\n".join(text.get_text() for text in draw(priced, "cost").findobj(Text) if isinstance(text, Text))
    assert "EUR for a thousand messages" in expected
    assert total["arm 1"] == pytest.approx(0.5, abs=0.01)
    assert "0.500 EUR" in expected
