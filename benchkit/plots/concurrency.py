"""Whether more senders raise the rate: each arm's rate with its interval, over runs with other numbers of senders.

As long as an arm waits for the network, twice the senders make twice the rate: the grey lines. Where it bends away from them,
something else is the limit: the server, the link, or benchkit itself (`saturated`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from benchkit.model.outside_text import escaped
from benchkit.model.summary import ArmSummary, Summary
from benchkit.plots.style import ALARM, FAINT, ONE_HOP, RIGHT_IN, arm_colour, arms_below, framed, logarithmic

Measured = Sequence[tuple[int, Summary]]  # the senders of each run, and its answer


def draw(figure: Figure, runs: Measured) -> None:
    """All runs of one scenario; arms are matched by name, in the order of the last run."""
    runs = sorted(((senders, escaped(summary, lines=False)) for senders, summary in runs), key=lambda one: one[0])
    names = list(dict.fromkeys(arm.name for _, summary in reversed(runs) for arm in summary.arms))
    conditions = list(dict.fromkeys(one.name for _, summary in runs for one in summary.conditions))
    scenario = runs[-1][1].scenario if runs else "no run"
    axes = framed(
        figure, "Do more senders raise the rate",
        f"a point is one run of {scenario}, with its interval; n = {len(runs):,} runs; grey: twice the senders, twice the rate",
        conditions or [""], ONE_HOP,
        height_in=3.2, left_in=0.75, right_in=RIGHT_IN, below_in=0.6 + 0.22 * ((len(names) + 1) // 2),
    )  # fmt: skip
    for condition, panel in zip(conditions, axes, strict=False):
        for place, name in enumerate(names):
            points = {
                senders: arm
                for senders, summary in runs
                for arm in summary.arms
                if (arm.name, arm.condition) == (name, condition) and arm.throughput_per_s
            }
            _line(panel, place, name, points)
        _axes(panel, sorted({senders for senders, _ in runs}))
    axes[-1].set_xlabel("senders at once (concurrency)")
    arms_below(figure, axes[-1])


def _line(panel: Axes, place: int, name: str, points: Mapping[int, ArmSummary]) -> None:
    if not points:
        return
    senders = np.array(list(points))
    rates = np.array([arm.throughput_per_s for arm in points.values()], dtype=np.float64)
    ends = np.array([arm.throughput_ci or (arm.throughput_per_s, arm.throughput_per_s) for arm in points.values()]).T
    panel.plot(senders, rates[0] * senders / senders[0], color=FAINT, linewidth=0.6, linestyle=(0, (4, 3)))
    panel.errorbar(senders, rates, np.abs(ends - rates), fmt="o-", color=arm_colour(place), markersize=4, linewidth=1.3,
                   capsize=2, label=name)  # fmt: skip
    saturated = [bool(arm.saturated) for arm in points.values()]
    panel.plot(senders[saturated], rates[saturated], "x", color=ALARM, markersize=8, markeredgewidth=1.6)


def _axes(panel: Axes, senders: Sequence[int]) -> None:
    panel.set_xscale("log", base=2)
    panel.set_yscale("log")
    panel.set_xticks(senders, [str(number) for number in senders])
    panel.xaxis.set_minor_locator(NullLocator())
    logarithmic(panel.yaxis)
    panel.set_ylabel("messages/s (logarithmic)")
    panel.grid(axis="both")
