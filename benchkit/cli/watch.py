"""`benchkit watch`: a run that goes on, seen from another terminal. It only reads."""

from __future__ import annotations

from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Annotated

import typer

from benchkit.cli.live import TIMES_A_SECOND, RunInProgress
from benchkit.errors import ExitCode

if TYPE_CHECKING:
    from rich.console import Console

_LOOKS_A_MANIFEST = 4  # the run's status is read so much less often than its messages
_LINES_EVERY = 10 * TIMES_A_SECOND


def watch(
    run: Annotated[
        Path | None, typer.Argument(metavar="RUN", help="The folder of a run; without one, the newest in results/.")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Look once, and leave.")] = False,
) -> None:
    """Show what a run has sent so far, until it ends. Exit code 5 where its process was killed."""
    from rich.console import Console

    from benchkit.store import newest_run

    folder = run or newest_run(Path("results"))
    going, console = RunInProgress(folder), Console()
    if going.has_ended():
        _tell_the_end(folder.name, going.manifest.status, folder)
        return
    if once or not console.is_terminal:
        _lines(going, once=once)
    else:
        _panel(going, console)
    if not once:
        _tell_the_end("the run", going.manifest.status, folder)


def _tell_the_end(run: str, status: str, folder: Path) -> None:
    """Ends with the exit code of a broken run if the run's process was killed, because that process left no exit code."""
    if status == "killed":
        typer.echo(f"{run} was killed: benchkit report {folder} shows what it measured", err=True)
        raise typer.Exit(ExitCode.INVALID_RUN)
    typer.echo(f"{run} has ended ({status}): benchkit report {folder}", err=True)


def _panel(going: RunInProgress, console: Console) -> None:
    from rich.console import Group
    from rich.live import Live
    from rich.text import Text

    from benchkit.report.content.live import live_table
    from benchkit.report.terminal_table import tables

    def shown() -> Group:
        going.look()
        return Group(Text(_headline(going)), *tables(live_table(going.manifest, going.tally), console.width))

    with Live(console=console, auto_refresh=False) as live:
        looks = 0
        while looks % _LOOKS_A_MANIFEST or not going.has_ended():
            live.update(shown(), refresh=True)
            looks += 1
            sleep(1 / TIMES_A_SECOND)


def _headline(going: RunInProgress) -> str:
    from benchkit.report import numbers

    left_s = going.tally.left_s(going.planned)
    left = "" if left_s is None else f", about {numbers.run_time(left_s)} left"
    return f"{going.manifest.run}: {going.tally.recorded:,} of {going.planned:,} sent{left}"


def _lines(going: RunInProgress, *, once: bool) -> None:
    from benchkit.report.content.live import live_lines

    looks = 0
    while looks == 0 or not going.has_ended():
        going.look()
        if looks % _LINES_EVERY == 0:
            typer.echo(_headline(going))
            for line in live_lines(going.manifest, going.tally):
                typer.echo(f"  {line}")
        if once:
            return
        looks += 1
        sleep(1 / TIMES_A_SECOND)
