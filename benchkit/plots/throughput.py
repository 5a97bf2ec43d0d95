"""How many messages leave in a second: each arm's rate with its interval, and the rate of each of its blocks."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchkit.model.run import Run
from benchkit.model.summary import ArmSummary
from benchkit.plots.rates import BlockRates, block_rates
from benchkit.plots.style import AT_THE_RIGHT, FAINT, arm_colour, arm_label, panels, three_digits
from benchkit.stats.arms import summarise_arms
from benchkit.stats.delivery import deliveries
from benchkit.stats.sample import measured_samples


class ThroughputPlot:
    name = "throughput"
    title = "How many messages are accepted in a second"

    def suits(self, run: Run) -> bool:
        return True

    def draw(self, run: Run, figure: Figure) -> None:
        samples = measured_samples(run)
        arms, rates = summarise_arms(run, samples, deliveries(run)), block_rates(run, samples)
        load, per_panel = run.manifest.load, len(run.manifest.arms)
        axes = panels(
            run, figure, self.title,
            f"bar: the run’s rate, line: its interval; a point is one block; {load['concurrency']} at once",
            height_in=0.2 + 0.5 * per_panel, left_in=1.95, right_in=1.55, below_in=0.55,
        )  # fmt: skip
        for condition, panel in enumerate(axes):
            panel.set_ylim(per_panel - 0.5, -0.5)
            panel.set_yticks(range(per_panel), [arm_label(run, arm) for arm in range(per_panel)])
            panel.tick_params(axis="y", length=0)
            panel.grid(axis="x")
            for arm in range(per_panel):
                _row(panel, arm, arms[condition * per_panel + arm], rates[condition, arm])
        axes[-1].set_xlim(left=0)  # last: it ends the scaling of the axis that all panels share
        axes[-1].set_xlabel("accepted messages per second of the arm’s own time")


def _row(panel: Axes, row: int, arm: ArmSummary, rates: BlockRates) -> None:
    colour = arm_colour(row)
    apart = np.linspace(-0.2, 0.2, len(rates.per_s)) if len(rates.per_s) > 1 else np.zeros(len(rates.per_s))
    rate = arm.throughput_per_s
    if rate is not None:
        panel.barh(row, rate, height=0.62, color=colour, alpha=0.30, linewidth=0)
    panel.plot(rates.per_s, row + apart, "o", color=colour, markersize=2.4, alpha=0.8)
    if rate is not None and arm.throughput_ci:
        panel.plot(arm.throughput_ci, (row, row), color="#1f2328", linewidth=1.6)
    note = "not known" if rate is None else f"{three_digits(rate)} /s"
    panel.annotate(note, (1, row), (8, 6), **AT_THE_RIGHT,
                   fontweight="bold", color=colour)  # fmt: skip
    panel.annotate(f"{len(rates.per_s):,} blocks, {arm.accepted:,} of {arm.accepted + arm.failed:,}", (1, row), (8, -6),
                   **AT_THE_RIGHT, fontsize=7.5,
                   color=FAINT)  # fmt: skip


PLOT = ThroughputPlot()
