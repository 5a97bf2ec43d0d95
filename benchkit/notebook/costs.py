"""What a thousand messages of each arm cost, at prices that are given in a notebook or in the scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from benchkit.notebook import html
from benchkit.notebook.figure import SvgFigure
from benchkit.notebook.run_html import sections_html

if TYPE_CHECKING:
    from benchkit.model.run import Run
    from benchkit.model.summary import ArmCost, Summary


class RunCost:
    """Draws a table for each condition; `values` has the costs, `plot()` the figure."""

    def __init__(self, run: Run, prices: Mapping[str, Any]) -> None:
        self._run = replace(run, manifest=replace(run.manifest, cost=prices))

    @cached_property
    def _summary(self) -> Summary:
        from benchkit.stats.analysis import analyse

        return analyse(self._run)

    @property
    def values(self) -> tuple[ArmCost, ...]:
        return self._summary.costs

    def plot(self) -> SvgFigure:
        from benchkit.plots.rendering import svg

        return SvgFigure(svg(self._run, "cost"))

    def __repr__(self) -> str:
        return f"<costs of {self._run.manifest.run}: {len(self.values):,} arms and conditions>"

    def _repr_html_(self) -> str:
        from benchkit.model.outside_text import escaped
        from benchkit.report.content.costs import cost_of_messages

        summary = escaped(self._summary, lines=False)
        sections = [
            replace(section, title=f"{section.title}, {condition.name}")
            for condition in summary.conditions
            for section in cost_of_messages(summary, condition.name)
        ]
        nothing = html.paragraph('No prices: run.cost({"smtp*": 0.1, "api*": 0.1}, cpu_per_hour=0.04) gives some.')
        return html.block(sections_html(sections) or nothing)
