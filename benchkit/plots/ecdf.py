"""The share of messages accepted within a time, an arm a line; a failure is never accepted, so its line ends below 1."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchkit.model.run import ArmRecord, Run
from benchkit.plots.durations import duration_name, durations_ms, finite, limits
from benchkit.plots.style import (
    COPY_DASHES,
    FAINT,
    RIGHT_IN,
    arm_colour,
    arms_below,
    logarithmic,
    panels,
    room_for_arms,
)

_GUIDES = (0.5, 0.95)


class Ecdf:
    name = "ecdf"
    title = "How many messages are accepted within a time"

    def suits(self, run: Run) -> bool:
        return True

    def draw(self, run: Run, figure: Figure) -> None:
        arms = run.manifest.arms
        axes = panels(
            run, figure, self.title, f"empirical distribution function of {duration_name(run)}",
            height_in=2.9, left_in=0.75, right_in=RIGHT_IN, below_in=room_for_arms(run),
        )  # fmt: skip
        durations = durations_ms(run)
        for condition, panel in enumerate(axes):
            _panel(panel, limits(durations))
            for arm, record in enumerate(arms):
                _line(panel, durations[condition, arm], arm, record)
        axes[-1].set_xlabel(f"{duration_name(run)}, milliseconds (logarithmic)")
        arms_below(figure, axes[-1])


def _panel(panel: Axes, x_limits: tuple[float, float]) -> None:
    panel.set_xscale("log")
    panel.set_xlim(*x_limits)
    logarithmic(panel.xaxis)
    panel.set_ylim(0, 1.01)
    panel.set_yticks((0, 0.25, 0.5, 0.75, 0.95, 1), ("0", "25 %", "50 %", "75 %", "95 %", "100 %"))
    panel.set_ylabel("share of messages")
    panel.grid(axis="both")
    for guide in _GUIDES:
        panel.axhline(guide, color=FAINT, linewidth=0.7, linestyle=(0, (4, 3)))


def _line(panel: Axes, values: Any, arm: int, record: ArmRecord) -> None:
    """A copy of an arm (A/A) should lie on its original, so it is dashed."""
    succeeded = finite(values)
    shares = np.arange(1, len(succeeded) + 1) / max(1, len(values))
    style = "solid" if record.aa_of < 0 else COPY_DASHES
    panel.step(
        succeeded, shares, where="post", color=arm_colour(arm), linewidth=1.7, linestyle=style, label=record.name
    )


PLOT = Ecdf()
