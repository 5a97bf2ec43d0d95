"""The ratio of each arm to its reference, block by block: shows drift, outliers, and what the interval is made of."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from benchkit.model.run import Run
from benchkit.plots.style import (
    COPY_DASHES,
    FAINT,
    arm_colour,
    arm_label,
    labels_at_the_right,
    logarithmic,
    panels,
    three_digits,
)
from benchkit.stats.blocks import block_values, metric_of
from benchkit.stats.pairs import Pair, pairs_of
from benchkit.stats.sample import Samples, measured_samples
from benchkit.stats.starts import first_blocks_of, restarts_of

_PANEL_IN = 3.2
_LABEL_IN = 0.34  # two lines of a label at the right


class Blocks:
    name = "blocks"
    title = "The same in every block?"

    def suits(self, run: Run) -> bool:
        return True

    def draw(self, run: Run, figure: Figure) -> None:
        metric = metric_of(run.manifest.load["model"])
        axes = panels(
            run, figure, self.title, f"each block’s {_long(metric)} as a ratio to the baseline’s",
            height_in=_PANEL_IN, left_in=0.75, right_in=2.0, below_in=0.55,
        )  # fmt: skip
        samples = measured_samples(run)
        for condition, panel in enumerate(axes):
            _panel(panel, run, condition, samples, metric)
        starts = "; dotted: the processes were started again" if restarts_of(run.manifest) > 1 else ""
        axes[-1].set_xlabel(f"block, in the order of sending{starts}")
        axes[-1].xaxis.set_major_locator(MaxNLocator(8, integer=True))


def _long(metric: str) -> str:
    return metric if "time" in metric else f"{metric} time"


def _panel(panel: Axes, run: Run, condition: int, samples: Samples, metric: str) -> None:
    low, high = run.manifest.rope
    panel.set_yscale("log")
    panel.axhspan(low, high, color="#e9ecef", linewidth=0)
    panel.axhline(1, color=FAINT, linewidth=0.8)
    panel.set_ylabel("times as long")
    panel.grid(axis="y")
    for first in first_blocks_of(run.manifest)[1:-1]:
        panel.axvline(first - 0.5, color=FAINT, linewidth=0.5, linestyle=":")
    drawn = []
    for pair in pairs_of(run.manifest.arms):
        blocks, ratios = _ratios(run, pair, condition, samples, metric)
        if len(ratios):
            panel.plot(
                blocks,
                ratios,
                "o",
                linestyle=COPY_DASHES if pair.aa else "solid",
                color=arm_colour(pair.arm),
                markersize=3.2,
                linewidth=0.9,
            )
            drawn.append((float(np.median(ratios)), pair))
    panel.set_ylim(*_y_limits(panel, low, high))
    logarithmic(panel.yaxis)
    _labels(panel, run, sorted(drawn, key=lambda one: one[0]))


def _ratios(run: Run, pair: Pair, condition: int, samples: Samples, metric: str) -> tuple[Any, Any]:
    arm, reference = (
        block_values(samples[condition, index], metric, run.manifest.messages_per_block)
        for index in (pair.arm, pair.reference)
    )
    common = np.array(sorted(arm.keys() & reference.keys()), dtype=int)
    ratios = np.array([arm[block] / reference[block] for block in common])
    known = np.isfinite(ratios) & (ratios > 0)
    return common[known], ratios[known]


def _y_limits(panel: Axes, low: float, high: float) -> tuple[float, float]:
    bottom, top = panel.get_ylim()
    return min(bottom, low / 1.15), max(top, high * 1.15)


def _labels(panel: Axes, run: Run, drawn: list[tuple[float, Pair]]) -> None:
    """Each at its median."""
    bottom, top = np.log(panel.get_ylim())
    labels = [
        (
            (np.log(median) - bottom) / (top - bottom),
            f"{arm_label(run, pair.arm, 26)}\n{three_digits(median)}× in the median",
            arm_colour(pair.arm),
        )
        for median, pair in drawn
    ]
    labels_at_the_right(panel, labels, _LABEL_IN, _PANEL_IN)


PLOT = Blocks()
