"""The figure of a sweep: every arm's slope with its interval, a panel for each kind of link; no sweep, no slope."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from benchkit.model.run import ConditionRecord, Run
from benchkit.plots import PLOTS
from benchkit.plots.rendering import draw

TURNS = (11, 2)
RTTS_MS = (2.0, 10.0, 40.0)


@pytest.fixture
def sweep(synthetic_run: Callable[..., Run]) -> Callable[..., Run]:
    """A run whose arms take exactly 1 ms and so many round trips, over links of the given kinds."""

    def make(*kinds: str) -> Run:
        conditions = [
            ConditionRecord(f"{rtt:.0f} ms link{kind}", rtt, lab=True) for kind in kinds or ("",) for rtt in RTTS_MS
        ]
        run = synthetic_run(times=(1.0,) * len(TURNS), conditions=tuple(conditions), blocks=4)
        rtt_ms = np.array([condition.rtt_ms for condition in conditions])[run.messages["condition"]]
        service_ms = 1 + np.array(TURNS)[run.messages["arm"]] * rtt_ms
        ended_ns = run.messages["started_ns"] + (1e6 * service_ms).astype("int64")
        return replace(run, messages={**run.messages, "ended_ns": ended_ns})

    return make


def words(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if isinstance(text, Text)]


def test_names_each_slope_with_its_interval(sweep: Callable[..., Run]) -> None:
    said = words(draw(sweep(), "slopes"))
    for arm, turns in enumerate(TURNS):
        assert any(text.startswith(f"arm {arm}\nslope {turns:.2f} [{turns:.2f}, {turns:.2f}]") for text in said)


def test_a_line_runs_from_no_round_trip_to_past_the_last(sweep: Callable[..., Run]) -> None:
    (panel,) = draw(sweep(), "slopes").axes
    drawn = [np.asarray(line.get_xydata()) for line in panel.lines]
    lines = [line for line in drawn if line[0][0] == 0]
    assert [(line[0][1], (line[1][1] - line[0][1]) / line[1][0]) for line in lines] == [
        pytest.approx((1.0, turns), rel=1e-6) for turns in TURNS
    ]
    assert all(line[1][0] > max(RTTS_MS) for line in lines)


def test_each_kind_of_link_has_a_panel(sweep: Callable[..., Run]) -> None:
    figure = draw(sweep("", ", 1 % lost"), "slopes")
    assert [panel.get_title(loc="left") for panel in figure.axes] == ["", "1 % lost"]


@pytest.mark.parametrize(("rtts_ms", "suits"), [((), False), ((5.0,), False), ((5.0, 10.0), True)])
def test_suits_a_sweep_only(synthetic_run: Callable[..., Run], rtts_ms: tuple[float, ...], suits: bool) -> None:
    conditions = tuple(ConditionRecord(f"{rtt} ms link", rtt, lab=True) for rtt in rtts_ms)
    run = synthetic_run(conditions=conditions or (ConditionRecord("loopback", 0.03),), blocks=4)
    assert PLOTS["slopes"].suits(run) is suits
    assert any("rtt_ms under [network]" in text for text in words(draw(run, "slopes"))) is not suits
