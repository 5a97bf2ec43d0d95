"""The progress display of a run: messages sent, and the time left, which goes from the plan's estimate to the measured one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from benchkit.cli.live import TIMES_A_SECOND, LivePanel, PlainLines

if TYPE_CHECKING:
    from rich.console import Console

Passed = Callable[[int, int], float]
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


class RunProgress(Protocol):
    """Shows a run's progress: it gets the run's folder, and then how much was sent."""

    def begins(self, folder: Path) -> None: ...

    def __call__(self, sent: int, planned: int) -> None: ...


@contextmanager
def progress_display(expected_s: float | None, passed_s: Passed | None) -> Iterator[RunProgress]:
    """On stderr: a panel where that is a terminal, at most four times a second; plain lines elsewhere.

    `passed_s`: (sends recorded, sends planned) → seconds of the estimate that are over.
    """
    from rich.console import Console

    console = Console(stderr=True)
    if console.is_terminal:
        with _panel(console, expected_s, passed_s) as shown:
            yield shown
    else:
        yield _Lines(expected_s, passed_s)


class _Lines:
    def __init__(self, expected_s: float | None, passed_s: Passed | None) -> None:
        self._expected_s = expected_s
        self._passed_s = passed_s
        self._lines = PlainLines()
        self._began_s = monotonic()
        self.begins = self._lines.begins

    def __call__(self, sent: int, planned: int) -> None:
        from benchkit.report import numbers

        share = _share(self._passed_s, sent, planned)
        left_s = time_left_s(monotonic() - self._began_s, share, self._expected_s)
        self._lines.tell(sent, planned, "" if left_s is None else numbers.run_time(left_s))


def _share(passed_s: Passed | None, sent: int, planned: int) -> float:
    """Of the run that is over."""
    whole = passed_s(planned, planned) if passed_s else float(planned)
    return (passed_s(sent, planned) if passed_s else float(sent)) / whole if whole else 0.0


@contextmanager
def _panel(console: Console, expected_s: float | None, passed_s: Passed | None) -> Iterator[RunProgress]:
    from rich.live import Live
    from rich.progress import BarColumn, Progress, Task, TextColumn
    from rich.text import Text

    from benchkit.report import numbers

    class TimeLeft(TextColumn):
        def render(self, task: Task) -> Text:
            left_s = time_left_s(task.elapsed or 0.0, task.completed, expected_s)
            return Text("" if left_s is None else f"{numbers.run_time(left_s)} left", style="cyan")

    bar = Progress(
        TextColumn("sending"), BarColumn(), TextColumn("{task.fields[sent]}"), TimeLeft(""), auto_refresh=False
    )
    task = bar.add_task("", total=1.0, sent="")
    panel = LivePanel(bar)

    class Shown:
        begins = staticmethod(panel.begins)

        def __call__(self, sent: int, planned: int) -> None:
            bar.update(task, completed=_share(passed_s, sent, planned), sent=f"{sent:,}/{planned:,}")

    with Live(panel, console=console, refresh_per_second=TIMES_A_SECOND, transient=True):
        yield Shown()
