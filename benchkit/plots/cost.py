"""What a thousand messages of each arm cost, by the scenario's prices: the provider's price, processor time, and bytes sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from benchkit.model.run import Run
from benchkit.model.summary import ArmCost
from benchkit.plots.style import AT_THE_RIGHT, FAINT, arm_colour, arm_label, panels, three_digits
from benchkit.stats.arms import summarise_arms
from benchkit.stats.costs import costs_of
from benchkit.stats.delivery import deliveries
from benchkit.stats.sample import measured_samples

_WITHOUT_PRICES = (
    "This scenario gives no prices: [cost] in it says what a thousand messages, an hour and a gigabyte cost."
)


class CostPart(NamedTuple):
    """Colours are those of Tol's muted scheme that no failure has."""

    field: str
    label: str
    colour: str
    hatch: str


PARTS = (
    CostPart("price", "the provider's price", "#44AA99", ""),
    CostPart("cpu", "processor time of the client", "#AA4499", "//"),
    CostPart("egress", "bytes sent", "#DDDDDD", ".."),
)


class CostFigure:
    name = "cost"
    title = "What do a thousand messages cost"

    def suits(self, run: Run) -> bool:
        return any(run.manifest.cost.get(name) for name in ("per_thousand", "cpu_per_hour", "egress_per_gb"))

    def draw(self, run: Run, figure: Figure) -> None:
        samples, arms = measured_samples(run), len(run.manifest.arms)
        costs = costs_of(run, samples, summarise_arms(run, samples, deliveries(run)))
        currency = str(run.manifest.cost.get("currency", ""))
        axes = panels(
            run, figure, self.title, "by the scenario's prices; what has no price is not in it",
            height_in=0.2 + 0.48 * arms, left_in=1.95, right_in=1.55, below_in=1.05,
        )  # fmt: skip
        for condition, panel in zip(run.manifest.conditions, axes, strict=True):
            _panel(panel, run, [cost for cost in costs if cost.condition == condition.name], currency)
        axes[-1].set_xlabel(f"{currency} for a thousand messages" if costs else _WITHOUT_PRICES)
        if costs:
            _legend(figure, costs)


def _panel(panel: Axes, run: Run, costs: Sequence[ArmCost], currency: str) -> None:
    arms = [record.name for record in run.manifest.arms]
    panel.set_ylim(len(arms) - 0.5, -0.5)
    panel.set_yticks(range(len(arms)), [arm_label(run, arm) for arm in range(len(arms))])
    panel.tick_params(axis="y", length=0)
    panel.grid(axis="x")
    for cost in costs:
        _row(panel, arms.index(cost.arm), cost, currency)
    panel.set_xlim(left=0)


def _row(panel: Axes, row: int, cost: ArmCost, currency: str) -> None:
    start = 0.0
    for part in PARTS:
        value: float = getattr(cost, part.field) or 0.0
        panel.barh(row, value, left=start, height=0.58, color=part.colour, hatch=part.hatch, edgecolor="white",
                   linewidth=0.6)  # fmt: skip
        start += value
    text = "not known" if cost.total is None else f"{three_digits(cost.total)} {currency}"
    panel.annotate(text, (1, row), (8, 0), fontweight="bold", color=arm_colour(row), **AT_THE_RIGHT)


def _legend(figure: Figure, costs: Sequence[ArmCost]) -> None:
    shown = [part for part in PARTS if any(getattr(cost, part.field) is not None for cost in costs)]
    patches = [Patch(facecolor=part.colour, hatch=part.hatch, edgecolor=FAINT, label=part.label) for part in shown]
    height_in = figure.get_size_inches()[1]
    figure.legend(handles=patches, loc="center", bbox_to_anchor=(0.5, 0.62 / height_in), ncols=3)


PLOT = CostFigure()
