"""How slow the slowest messages are: each arm's time by percentile; each further nine (90, 99, 99.9) gets the same width.

A point is one message. A failure is never accepted, so an arm's line ends where its failures begin. Where a line is dashed,
fewer than ten messages are slower: its shape there is chance.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchkit.model.plain_number import significant
from benchkit.model.run import Run
from benchkit.plots.durations import duration_name, durations_ms, finite, limits
from benchkit.plots.style import (
    ALARM,
    RIGHT_IN,
    arm_colour,
    arms_below,
    logarithmic,
    panels,
    room_for_arms,
)

_TICKS = (0.0, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999, 0.999999)
_FEW = 10  # messages beyond a point: fewer do not say where the percentile lies


class Tail:
    name = "tail"
    title = "How slow are the slowest messages"

    def suits(self, run: Run) -> bool:
        return True

    def draw(self, run: Run, figure: Figure) -> None:
        arms = run.manifest.arms
        axes = panels(
            run, figure, self.title,
            f"{duration_name(run)} by percentile; dashed: fewer than {_FEW:,} messages are slower; ×: the rest failed",
            height_in=3.0, left_in=0.75, right_in=RIGHT_IN, below_in=room_for_arms(run),
        )  # fmt: skip
        durations = durations_ms(run)
        longest = max((len(values) for values in durations.values()), default=1)
        for condition, panel in enumerate(axes):
            _panel(panel, limits(durations), max(100, longest))
            for arm, record in enumerate(arms):
                _line(panel, durations[condition, arm], arm, record.name, copy=record.aa_of >= 0)
        axes[-1].set_xlabel("percentile: this percentage of the messages is at least as fast")
        arms_below(figure, axes[-1])


def _nines(share: Any) -> Any:
    """0 for the fastest, 1 for the 90th percentile, 2 for the 99th."""
    return -np.log10(1 - np.asarray(share))


def _panel(panel: Axes, y_limits: tuple[float, float], longest: int) -> None:
    panel.set_yscale("log")
    panel.set_ylim(*y_limits)
    logarithmic(panel.yaxis)
    ticks = [share for share in _TICKS if 1 - share >= 0.99 / longest]
    panel.set_xlim(0, _nines(1 - 0.4 / longest))  # the slowest is at half a message
    panel.set_xticks(_nines(ticks), [significant(100 * share, 6) for share in ticks])
    panel.set_ylabel("milliseconds (logarithmic)")
    panel.grid(axis="both")


def _line(panel: Axes, values: Any, arm: int, name: str, *, copy: bool) -> None:
    n, succeeded = len(values), finite(values)
    failed = n - len(succeeded)
    label = f"{name}: n = {n:,}" + (f", {failed:,} failed" if failed else "")
    if not len(succeeded):
        panel.plot([], [], color=arm_colour(arm), label=label)
        return
    at = _nines((np.arange(len(succeeded)) + 0.5) / n)
    sure = max(0, min(len(succeeded), n - _FEW))
    colour, width = arm_colour(arm), 1.0 if copy else 1.8
    panel.plot(at[:sure], succeeded[:sure], color=colour, linewidth=width, label=label)
    panel.plot(
        at[max(0, sure - 1) :], succeeded[max(0, sure - 1) :], color=colour, linewidth=width, linestyle=(0, (2, 1.5))
    )
    if failed:
        panel.plot(at[-1], succeeded[-1], "x", color=ALARM, markersize=6, markeredgewidth=1.6)


PLOT = Tail()
