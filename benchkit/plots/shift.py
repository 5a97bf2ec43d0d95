"""Where an arm is slower than its baseline: at the fast messages, in the middle or in the tail.

Each point is the difference of one decile, with its interval over blocks. A level line is a constant delay; a line that rises
is a tail, which the median hides. A line ends where the failures of an arm begin.
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter

from benchkit.model.run import Run
from benchkit.plots.durations import duration_name
from benchkit.plots.style import COPY_DASHES, FAINT, RIGHT_IN, arm_colour, arms_below, panels, room_for_arms
from benchkit.stats.pairs import Pair, pairs_of
from benchkit.stats.sample import Samples, measured_samples
from benchkit.stats.shift_function import DECILES, MIN_UNITS, shift_function

_APART = 0.012  # of the axis, between the points of two arms at one decile


class ShiftFunction:
    name = "shift"
    title = "Slower at which messages?"

    def suits(self, run: Run) -> bool:
        return bool(pairs_of(run.manifest.arms)) and run.manifest.blocks >= MIN_UNITS

    def draw(self, run: Run, figure: Figure) -> None:
        axes = panels(
            run, figure, self.title, f"difference to the baseline’s {duration_name(run)} at each decile, with its interval",
            height_in=2.6, left_in=0.75, right_in=RIGHT_IN, below_in=room_for_arms(run),
        )  # fmt: skip
        samples, pairs = measured_samples(run), pairs_of(run.manifest.arms)
        for condition, panel in enumerate(axes):
            panel.axhline(0, color=FAINT, linewidth=0.8)
            panel.grid(axis="y")
            panel.set_ylabel("ms longer")
            for number, pair in enumerate(pairs):
                _line(panel, run, samples, pair, condition, _APART * (number - (len(pairs) - 1) / 2))
        axes[-1].xaxis.set_major_locator(FixedLocator(DECILES))
        axes[-1].xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.0f} %"))
        axes[-1].set_xlabel("decile: this percentage of the messages is at least as fast")
        arms_below(figure, axes[0])


def _line(panel: Axes, run: Run, samples: Samples, pair: Pair, condition: int, beside: float) -> None:
    shifts = shift_function(run, samples, pair, condition)
    if not shifts:
        return
    found = np.array([(one.decile + beside, one.difference_ms, one.low_ms, one.high_ms) for one in shifts])
    at, difference_ms, low_ms, high_ms = found.T
    colour, finite = arm_colour(pair.arm), np.isfinite(difference_ms)
    panel.plot(
        at[finite],
        difference_ms[finite],
        "o",
        linestyle=COPY_DASHES if pair.aa else "solid",
        color=colour,
        markersize=3.2,
        linewidth=0.9,
        label=run.manifest.arms[pair.arm].name,
    )
    panel.vlines(
        at[finite],
        np.where(np.isfinite(low_ms), low_ms, difference_ms)[finite],
        np.where(np.isfinite(high_ms), high_ms, difference_ms)[finite],
        color=colour,
        linewidth=0.8,
    )
    for place, difference, low, high in zip(at, difference_ms, low_ms, high_ms, strict=True):
        _open_ends(panel, place, difference, (low, high), colour)


def _open_ends(panel: Axes, at: float, difference_ms: float, ends_ms: tuple[float, float], colour: str) -> None:
    """An arrow to the panel's edge where nothing bounds the interval; ∞ at the edge where failures reach the decile itself."""
    for end, edge in zip(ends_ms, (0.0, 1.0), strict=True):
        if np.isinf(end) and np.isfinite(difference_ms):
            panel.annotate(
                "", xy=(at, edge), xycoords=("data", "axes fraction"), xytext=(at, difference_ms), textcoords="data",
                arrowprops={"arrowstyle": "->", "color": colour, "linewidth": 0.8},
            )  # fmt: skip
    if np.isinf(difference_ms):
        panel.annotate(
            "∞" if difference_ms > 0 else "−∞", xy=(at, 1.0 if difference_ms > 0 else 0.0), xycoords=("data", "axes fraction"),
            ha="center", va="top" if difference_ms > 0 else "bottom", color=colour, fontsize=8,
        )  # fmt: skip


PLOT = ShiftFunction()
