"""`benchkit.compare(before, after)`: two runs side by side, as a notebook sees it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benchkit.errors import InputError, Mistake
from benchkit.notebook import html
from benchkit.notebook.figure import SvgFigure
from benchkit.notebook.opening import open_run
from benchkit.notebook.run_html import sections_html
from benchkit.notebook.stored_run import StoredRun

if TYPE_CHECKING:
    from benchkit.model.run_comparison import RunComparison

OneRun = StoredRun | str | Path


class ComparedRuns:
    """Draws what changed for each arm; `values` has it as values. `plot` shows the last run before and the first after."""

    def __init__(self, before: StoredRun, after: StoredRun, values: RunComparison, differences: Sequence[str]) -> None:
        self._before = before
        self._after = after
        self.values = values
        self.differences = differences

    def plot(self) -> SvgFigure:
        """The times of each arm in both runs, over each other."""
        from benchkit.plots import overlay
        from benchkit.plots.rendering import svg_of

        return SvgFigure(svg_of(lambda figure: overlay.draw(figure, self._before.data, self._after.data)))

    def __repr__(self) -> str:
        from benchkit.report.content.run_comparison import headline

        return f"<{headline(self.values)}>"

    def _repr_html_(self) -> str:
        from benchkit.report.content.run_comparison import comparison_page

        return html.block(sections_html(comparison_page(self.values, self.differences).sections))


def compare(
    before: OneRun | Sequence[OneRun], after: OneRun | Sequence[OneRun], *, limit: float = 0.05
) -> ComparedRuns:
    """Whether an arm got slower by more than `limit`. Several runs of a kind tell more than one (docs/method.md §7).

    Raises InputError where there is no run.
    """
    from benchkit.report.content.run_differences import differences
    from benchkit.stats.run_comparison import compare_runs, measured

    first, second = _opened(before), _opened(after)
    sides = [[measured(run.data, run.summary) for run in runs] for runs in (first, second)]
    changes = differences(first[-1].manifest, second[0].manifest)
    return ComparedRuns(first[-1], second[0], compare_runs(sides[0], sides[1], limit), changes)


def _opened(given: OneRun | Sequence[OneRun]) -> list[StoredRun]:
    runs = [given] if isinstance(given, StoredRun | str | Path) else list(given)
    if not runs:
        raise InputError(Mistake("compare", "needs a run on each side"))
    return [run if isinstance(run, StoredRun) else open_run(run) for run in runs]
