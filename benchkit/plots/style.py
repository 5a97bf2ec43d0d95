"""What all figures have in common: one frame, one fixed colour for each arm, the link under every title.

Arms have the colours of Okabe and Ito, which colour-blind readers can tell apart; those of phases are in model/phases.py.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, Locator, LogLocator, MaxNLocator, NullLocator

from benchkit.model.arm_colours import ARM_COLOURS as ARM_COLOURS
from benchkit.model.arm_colours import arm_colour as arm_colour
from benchkit.model.plain_number import significant
from benchkit.model.run import ConditionRecord, Run
from benchkit.stats.saturation import saturated_labels

RC: dict[Any, Any] = {
    "svg.hashsalt": "benchkit",
    "svg.fonttype": "path",  # looks the same where the font is missing
    "font.family": "DejaVu Sans",  # comes with matplotlib
    "font.size": 9.0,
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#8a8f98",
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "axes.labelcolor": "#3b4048",
    "axes.titlesize": 9.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "grid.color": "#e6e8eb",
    "grid.linewidth": 0.8,
    "text.color": "#1f2328",
    "xtick.color": "#5b616b",
    "ytick.color": "#1f2328",
    "xtick.major.width": 0.8,
    "ytick.major.width": 0.8,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "savefig.dpi": 160,
}
FAINT = "#6e7681"
ALARM = "#b42318"
ONE_HOP = "Only the hop application → provider is measured."

# places of notes beside a row of a panel, in its own data's height
AT_THE_RIGHT: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "va": "center"}
WIDTH_IN = 8.0
HEAD_IN = 0.85
RIGHT_IN = 0.35
_FOOT_IN = 0.32
_PANEL_GAP_IN = 0.5
_PANEL_TITLE_IN = 0.2
_WARNING_IN = 0.17  # a line
_WARNING_LETTERS = 120
COPY_DASHES = (0, (5, 1.5))  # the line of a copy of an arm (A/A)


def arm_label(run: Run, arm: int, width: int = 24) -> str:
    return textwrap.fill(run.manifest.arms[arm].name, width)


def panels(
    run: Run,
    figure: Figure,
    title: str,
    subtitle: str,
    *,
    height_in: float,
    left_in: float,
    right_in: float,
    below_in: float,
) -> list[Axes]:
    """One panel a condition, one under the other, in a frame of title, subtitle with the link, and note.

    `height_in` is a panel's, `below_in` the room under each for its axis and under the last for a legend too.
    """
    links = [link(condition) for condition in run.manifest.conditions]
    where = f"on {links[0]}" if len(links) == 1 else f"on {len(links):,} links"
    return stacked(
        run, figure, title, f"{subtitle}, {where}", links,
        height_in=height_in, left_in=left_in, right_in=right_in, below_in=below_in,
    )  # fmt: skip


def stacked(
    run: Run,
    figure: Figure,
    title: str,
    subtitle: str,
    headings: Sequence[str],
    *,
    height_in: float,
    left_in: float,
    right_in: float,
    below_in: float,
) -> list[Axes]:
    """One panel a heading, which stands over it where there are several."""
    return framed(
        figure, title, subtitle, headings, f"{ONE_HOP}  Run {run.manifest.run}", _saturation(run),
        height_in=height_in, left_in=left_in, right_in=right_in, below_in=below_in,
    )  # fmt: skip


def framed(
    figure: Figure,
    title: str,
    subtitle: str,
    headings: Sequence[str],
    note: str,
    warning: Sequence[str] = (),
    *,
    height_in: float,
    left_in: float,
    right_in: float,
    below_in: float,
    titled: bool = False,
) -> list[Axes]:
    """The same for a figure of several runs, which has a note of its own. `titled`: a single panel has its heading too."""
    rows = len(headings)
    titled = titled or rows > 1
    head_in = HEAD_IN + (_PANEL_TITLE_IN if titled else 0) + _WARNING_IN * len(warning)
    total_in = head_in + rows * height_in + (rows - 1) * _PANEL_GAP_IN + below_in + _FOOT_IN
    figure.set_size_inches(WIDTH_IN, total_in)
    axes = figure.subplots(rows, 1, sharex=True, squeeze=False)[:, 0]
    figure.subplots_adjust(
        left=left_in / WIDTH_IN,
        right=1 - right_in / WIDTH_IN,
        top=1 - head_in / total_in,
        bottom=(below_in + _FOOT_IN) / total_in,
        hspace=_PANEL_GAP_IN / height_in,
    )
    _frame(figure, title, subtitle, note, total_in)
    _warn(figure, warning, total_in)
    if titled:
        for panel, heading in zip(axes, headings, strict=True):
            panel.set_title(heading)
    return list(axes)


def labels_at_the_right(
    panel: Axes, labels: Sequence[tuple[float, str, str]], apart_in: float, height_in: float
) -> None:
    """(place, text, colour) each, the places rising as fractions of the panel's height, pushed up where two would overlap."""
    places = _apart([place for place, _, _ in labels], apart_in / height_in)
    for (_, text, colour), place in zip(labels, places, strict=True):
        panel.annotate(text, (1, place), (8, 0), xycoords="axes fraction", textcoords="offset points", va="center",
                       fontsize=8, color=colour)  # fmt: skip


def _apart(places: list[float], distance: float) -> list[float]:
    """Rising places, at least so far from one another; moved down together where the last would stand too high."""
    risen = list(places)
    for below, above in pairwise(range(len(risen))):
        risen[above] = max(risen[above], risen[below] + distance)
    excess = max(0.0, risen[-1] - 1.0) if risen else 0.0
    return [place - excess for place in risen]


def room_for_arms(run: Run) -> float:
    """Inches below the last panel for its axis and for the names of the arms, two in a line."""
    return 0.6 + 0.22 * ((len(run.manifest.arms) + 1) // 2)


def arms_below(figure: Figure, panel: Axes) -> None:
    """The names of what was drawn with a label."""
    handles, labels = panel.get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", bbox_to_anchor=(0.5, 0.3 / figure.get_size_inches()[1]), ncols=2)


def link(condition: ConditionRecord) -> str:
    rtt = "RTT not known" if condition.rtt_ms is None else f"RTT {significant(condition.rtt_ms, 3)} ms"
    return f"{condition.name} ({rtt})"


def three_digits(value: float) -> str:
    """0.650 · 12.3 · 1,234: three significant digits, never an exponent."""
    decimals = 2 - math.floor(math.log10(abs(value))) if value else 0
    return f"{value:,.{max(0, decimals)}f}"


def logarithmic(axis: Axis) -> None:
    """A log axis that reads 0.5, 1, 2, 5 and not powers of ten; to be called when its limits stand."""
    low, high = axis.get_view_interval()
    axis.set_major_locator(_locator(high / low))
    axis.set_major_formatter(FuncFormatter(lambda value, _: significant(value)))
    axis.set_minor_locator(NullLocator())


def _locator(span: float) -> Locator:
    """Five to ten ticks, whether the axis spans a fraction of a decade or four."""
    if span < 4:
        return MaxNLocator(6, steps=[1, 2, 2.5, 5, 10])
    subs = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0) if span < 30 else (1.0, 2.0, 5.0) if span < 1000 else (1.0,)
    return LogLocator(base=10, subs=subs, numticks=30)


def _frame(figure: Figure, title: str, subtitle: str, note: str, total_in: float) -> None:
    left = 0.15 / WIDTH_IN
    figure.text(left, 1 - 0.30 / total_in, title, fontsize=13, fontweight="bold", va="center")
    figure.text(left, 1 - 0.55 / total_in, subtitle, fontsize=9, color=FAINT, va="center")
    figure.text(left, 0.16 / total_in, note, fontsize=7.5, color=FAINT, va="center")


def _saturation(run: Run) -> list[str]:
    """In lines: of which arms the figure shows the generator and not the target (docs/method.md §7)."""
    arms = ", ".join(saturated_labels(run))
    return (
        textwrap.wrap(f"Saturated, so that the times are the generator’s own: {arms}", _WARNING_LETTERS) if arms else []
    )


def _warn(figure: Figure, lines: Sequence[str], total_in: float) -> None:
    for number, line in enumerate(lines):
        top_in = 0.75 + _WARNING_IN * number
        figure.text(0.15 / WIDTH_IN, 1 - top_in / total_in, line, fontsize=8, color=ALARM, va="center")
