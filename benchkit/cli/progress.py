"""The progress display of a run: messages sent, and the time left, which goes from the plan's estimate to the measured one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchkit.experiment.parent.run_experiment import Progress

_MEASURED_AT = 0.25  # share of a run after which its own speed alone counts
_FIRST_WORD_AT = 0.02  # without an estimate nothing is said before


def time_left_s(elapsed_s: float, share: float, expected_s: float | None) -> float | None:
    """`share` of the run is over by the estimate of its parts; None while no one can say."""
    measured_s = elapsed_s / share if share else None
    if expected_s is None:
        return None if measured_s is None or share < _FIRST_WORD_AT else measured_s - elapsed_s
    weight = min(1.0, share / _MEASURED_AT) if measured_s is not None else 0.0
    total_s = (1 - weight) * expected_s + weight * (measured_s or 0.0)
    return max(0.0, total_s - elapsed_s)


@contextmanager
def progress_bar(expected_s: float | None, passed_s: Callable[[int, int], float] | None) -> Iterator[Progress]:
    """On stderr, at most four times a second, and only where stderr is a terminal.

    `passed_s`: (sends recorded, sends planned) → seconds of the estimate that are over.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, Task, TextColumn
    from rich.text import Text

    from benchkit.report import numbers

    class TimeLeft(TextColumn):
        def render(self, task: Task) -> Text:
            share = task.completed / task.total if task.total else 0.0
            left_s = time_left_s(task.elapsed or 0.0, share, expected_s)
            return Text("" if left_s is None else f"{numbers.run_time(left_s)} left", style="cyan")

    def passed(sent: int, planned: int) -> float:
        return passed_s(sent, planned) if passed_s else float(sent)

    console = Console(stderr=True)
    columns = (TextColumn("sending"), BarColumn(), TextColumn("{task.fields[sent]}"), TimeLeft(""))
    with Progress(
        *columns, console=console, refresh_per_second=4, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=None, sent="")
        yield lambda sent, planned: bar.update(
            task, completed=passed(sent, planned), total=passed(planned, planned), sent=f"{sent:,}/{planned:,}"
        )
