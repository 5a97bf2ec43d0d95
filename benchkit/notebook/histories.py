"""`benchkit.history()`: all runs of a folder over time, as a notebook sees them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchkit.model.counts import counted
from benchkit.notebook import html
from benchkit.notebook.figure import SvgFigure
from benchkit.notebook.opening import own_runs, results_folder
from benchkit.notebook.reading_history import read_history
from benchkit.notebook.run_html import sections_html
from benchkit.notebook.shipped import shipped

if TYPE_CHECKING:
    from benchkit.model.history import History

FEWEST = 3  # runs of one's own; with fewer there is no course to show


class RunHistory:
    """Draws what `benchkit history` prints. `values` has it as values, `rows` a row an arm and run, for any table library."""

    def __init__(self, folder: Path, values: History, note: str = "") -> None:
        """`note` says it where these are not the runs that were asked for."""
        self.folder = folder
        self.values = values
        self.note = note

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [
            {"run": run.run, "created_utc": run.created_utc, "scenario": run.scenario, "load": run.load,
             "machine": run.machine, "valid": run.valid, "arm": arm.arm, "condition": arm.condition,
             "median_ms": arm.median_ms, "low_ms": arm.low_ms, "high_ms": arm.high_ms, "sent": arm.sent,
             "failed": arm.failed}
            for run in self.values.runs for arm in run.arms
        ]  # fmt: skip

    @property
    def consumption(self) -> list[dict[str, Any]]:
        """What was sent: a row a run, and whether to benchkit's own servers."""
        return [
            {"run": run.run, "created_utc": run.created_utc, "scenario": run.scenario, "own": one.own, "sent": one.sent,
             "accepted": one.accepted, "refused": one.refused, "failed": one.failed, "ambiguous": one.ambiguous,
             "bounced": one.bounced}
            for run in self.values.runs for one in run.consumption
        ]  # fmt: skip

    def plot(self, what: str = "time") -> SvgFigure:
        """The course of each arm with its change points; `what` is "time" or "failures"."""
        from benchkit.plots import history
        from benchkit.plots.rendering import svg_of

        return SvgFigure(svg_of(lambda figure: history.draw(figure, self.values, what)))

    def __repr__(self) -> str:
        text = f"<history of {self.folder}: {counted(len(self.values.runs), 'run')}, {len(self.values.series)} series>"
        return f"{text}\n{self.note}" if self.note else text

    def _repr_html_(self) -> str:
        from benchkit.report.content.history import history_page

        note = [html.paragraph(self.note, "warning")] if self.note else []
        return html.block(*note, sections_html(history_page(self.values).sections))


def history(folder: str | Path | None = None, *, scenario: str = "") -> RunHistory:
    """All runs of `folder`, by default `results`, or the sample of twelve that comes with benchkit where there are too few."""
    if folder is not None:
        return RunHistory(Path(folder), read_history(Path(folder), scenario))
    own = results_folder()
    if (count := len(own_runs(own))) >= FEWEST:
        return RunHistory(own, read_history(own, scenario))
    sample = shipped("samples") / "sample-history"
    note = f"These are the twelve sample runs of benchkit: {own} has {count} of your own, and a history takes {FEWEST}."
    return RunHistory(sample, read_history(sample), note)
