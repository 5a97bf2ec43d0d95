"""When messages fail: the share of each block that was not accepted, over time."""

from __future__ import annotations

from matplotlib.figure import Figure

from benchkit.model.counts import counted
from benchkit.model.run import Run
from benchkit.plots.rates import block_rates
from benchkit.plots.style import COPY_DASHES, RIGHT_IN, arm_colour, arms_below, panels, room_for_arms
from benchkit.stats.sample import measured_samples


class FailuresOverTime:
    name = "failures_over_time"
    title = "When do messages fail"

    def suits(self, run: Run) -> bool:
        return any(sample.failed for sample in measured_samples(run).values())

    def draw(self, run: Run, figure: Figure) -> None:
        rates = block_rates(run, measured_samples(run))
        axes = panels(
            run, figure, self.title, "share of messages not accepted; a point is one block of an arm",
            height_in=2.6, left_in=0.75, right_in=RIGHT_IN, below_in=room_for_arms(run),
        )  # fmt: skip
        for condition, panel in enumerate(axes):
            for arm, record in enumerate(run.manifest.arms):
                found = rates[condition, arm]
                style = "solid" if record.aa_of < 0 else COPY_DASHES
                panel.plot(found.started_s, 100 * found.failed_share, "o", linestyle=style, color=arm_colour(arm),
                           markersize=3.2, linewidth=0.9,
                           label=f"{record.name}: n = {counted(int(found.messages.sum()), 'message')}")  # fmt: skip
            panel.set_ylim(-2, 102)
            panel.set_ylabel("percent failed")
            panel.grid(axis="y")
        axes[-1].set_xlabel("seconds since the run’s first send")
        arms_below(figure, axes[-1])


PLOT = FailuresOverTime()
