"""The distribution of every arm on one logarithmic axis: a histogram a row, with its median and its middle half."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchkit.model.run import Run
from benchkit.plots.durations import duration_name, durations_ms, finite, limits
from benchkit.plots.style import ALARM, AT_THE_RIGHT, FAINT, arm_colour, arm_label, logarithmic, panels, three_digits

BINS = 90
_ROOM = 0.70  # of a row, for the highest bar


class Latency:
    name = "latency"
    title = "How long a message takes"

    def suits(self, run: Run) -> bool:
        return True

    def draw(self, run: Run, figure: Figure) -> None:
        arms = len(run.manifest.arms)
        axes = panels(
            run, figure, self.title, f"distribution of {duration_name(run)}, with the median and the middle half",
            height_in=0.25 + 0.62 * arms, left_in=1.95, right_in=1.3, below_in=0.55,
        )  # fmt: skip
        durations = durations_ms(run)
        edges = np.geomspace(*limits(durations), BINS + 1)
        for condition, panel in enumerate(axes):
            _panel(panel, run, edges)
            for arm in range(arms):
                _row(panel, arm, durations[condition, arm], edges)
        axes[-1].set_xlabel(f"{duration_name(run)}, milliseconds (logarithmic)")


def _panel(panel: Axes, run: Run, edges: Any) -> None:
    arms = len(run.manifest.arms)
    panel.set_xscale("log")
    panel.set_xlim(edges[0], edges[-1])
    logarithmic(panel.xaxis)
    panel.set_ylim(arms - 0.7, -0.85)
    panel.set_yticks(range(arms), [arm_label(run, arm) for arm in range(arms)])
    panel.tick_params(axis="y", length=0)
    panel.grid(axis="x")


def _row(panel: Axes, arm: int, values: Any, edges: Any) -> None:
    succeeded, colour = finite(values), arm_colour(arm)
    _sample(panel, arm, len(succeeded), len(values) - len(succeeded))
    if not len(succeeded):
        return
    heights, _ = np.histogram(succeeded, edges)
    tops = arm - _ROOM * heights / heights.max()
    panel.stairs(tops, edges, baseline=arm, fill=True, color=colour, alpha=0.30, linewidth=0)
    panel.stairs(tops, edges, baseline=arm, color=colour, linewidth=1.0)
    low, median, high = np.quantile(values, (0.25, 0.5, 0.75), method="inverted_cdf")  # p50's rule: a failure is +∞
    if not np.isfinite(median):
        return
    below = arm + 0.12
    panel.plot((low, min(high, edges[-1])), (below, below), color=colour, linewidth=3.5, solid_capstyle="butt")
    panel.plot(median, below, "o", color="white", markeredgecolor=colour, markeredgewidth=1.6, markersize=6)
    panel.annotate(f"{three_digits(median)} ms", (1, arm), (8, 6), **AT_THE_RIGHT, fontweight="bold", color=colour)


def _sample(panel: Axes, arm: int, succeeded: int, failed: int) -> None:
    text = f"n = {succeeded:,}" + (f", {failed:,} failed" if failed else "")
    panel.annotate(text, (1, arm), (8, -6), **AT_THE_RIGHT, fontsize=7.5, color=ALARM if failed else FAINT)


PLOT = Latency()
