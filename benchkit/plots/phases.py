"""Where the time goes: the mean time that an accepted message spent in each phase, stacked, a bar an arm."""

from __future__ import annotations

from collections.abc import Iterable

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from benchkit.model.phases import PHASE_STYLES, in_order, is_dark, service_phases
from benchkit.model.plain_number import significant
from benchkit.model.run import Run
from benchkit.model.summary import ArmSummary
from benchkit.model.trace import Phase
from benchkit.plots.style import FAINT, WIDTH_IN, arm_label, panels, three_digits
from benchkit.stats.arms import summarise_arms
from benchkit.stats.delivery import deliveries
from benchkit.stats.sample import measured_samples

LEFT_IN, RIGHT_IN = 1.95, 1.75
_INCHES_A_LETTER = 0.072


class Phases:
    name = "phases"
    title = "Where the time goes"

    def suits(self, run: Run) -> bool:
        return True

    def draw(self, run: Run, figure: Figure) -> None:
        arms = summarise_arms(run, measured_samples(run), deliveries(run))
        per_panel = len(run.manifest.arms)
        axes = panels(
            run, figure, self.title, "mean service time of a message by phase",
            height_in=0.2 + 0.48 * per_panel, left_in=LEFT_IN, right_in=RIGHT_IN, below_in=1.05,
        )  # fmt: skip
        longest = max((sum(mean for _, mean in service_phases(arm.phases_ms)) for arm in arms), default=0.0) or 1.0
        for index, panel in enumerate(axes):
            _panel(panel, run, arms[index * per_panel : (index + 1) * per_panel], longest)
        axes[-1].set_xlabel("milliseconds")
        _legend(figure, arms)


def _panel(panel: Axes, run: Run, arms: tuple[ArmSummary, ...], longest: float) -> None:
    panel.set_xlim(0, longest)
    panel.set_ylim(len(arms) - 0.5, -0.5)
    panel.set_yticks(range(len(arms)), [arm_label(run, row) for row in range(len(arms))])
    panel.tick_params(axis="y", length=0)
    panel.grid(axis="x")
    for row, arm in enumerate(arms):
        _bar(panel, row, arm, longest)


def _bar(panel: Axes, row: int, arm: ArmSummary, longest: float) -> None:
    start = 0.0
    for phase, mean in service_phases(arm.phases_ms):
        panel.barh(
            row, mean, left=start, height=0.62, color=PHASE_STYLES[phase].colour, edgecolor="white", linewidth=0.6
        )
        if mean / longest * (WIDTH_IN - LEFT_IN - RIGHT_IN) > _INCHES_A_LETTER * (len(phase.label) + 1):
            panel.text(
                start + mean / 2,
                row,
                phase.label,
                ha="center",
                va="center",
                fontsize=7.5,
                color=_ink(PHASE_STYLES[phase].colour),
            )
        start += mean
    panel.annotate(
        f"{three_digits(start)} ms",
        (start, row),
        (4, 4),
        textcoords="offset points",
        va="center",
        fontweight="bold",
        annotation_clip=False,
    )
    panel.annotate(
        _beside(arm), (start, row), (4, -7), textcoords="offset points", va="center", fontsize=7.5, color=FAINT
    )


def _beside(arm: ArmSummary) -> str:
    """Turns, and what came after service time had ended."""
    turns = (
        "turns not known"
        if arm.turns is None
        else f"{significant(arm.turns.each, 3)} {'turn' if arm.turns.each == 1 else 'turns'}"
    )
    close = arm.phases_ms.get(Phase.CLOSE.label)
    return f"{turns}, then close {significant(close, 2)} ms" if close else turns


def _legend(figure: Figure, arms: Iterable[ArmSummary]) -> None:
    occurring = in_order(phase for arm in arms for phase, _ in service_phases(arm.phases_ms))
    patches = [Patch(color=PHASE_STYLES[phase].colour, label=phase.label) for phase in occurring]
    height_in = figure.get_size_inches()[1]
    figure.legend(
        handles=patches, loc="center", bbox_to_anchor=(0.5, 0.62 / height_in), ncols=min(7, max(1, len(patches))),
        handlelength=1.0, handleheight=1.0, columnspacing=1.4,
    )  # fmt: skip


def _ink(colour: str) -> str:
    return "white" if is_dark(colour) else "#1f2328"


PLOT = Phases()
