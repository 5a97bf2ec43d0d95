"""From a stored run to the answer: analysed, printed, and kept beside the run as summary.json.

It is kept when the run has just ended, and again when events were added to the run.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from benchkit.cli.files import writing
from benchkit.errors import ExitCode, StoreError

if TYPE_CHECKING:
    from benchkit.model.summary import Summary


def answer(folder: Path, *, as_json: bool, keep: bool = False, picture: Path | None = None) -> Summary:
    """Prints on stdout. A later look, or one at a run under way, keeps nothing."""
    summary, text = _analysed(folder)
    if keep:
        _keep(folder / "summary.json", text)
    if as_json:
        typer.echo(text, nl=False)
    else:
        _show(summary, picture)
    return summary


def keep_again(folder: Path) -> None:
    """Where the run has kept its answer: after events were added `benchkit report` says more, and summary.json as much."""
    path = folder / "summary.json"
    if path.exists():
        _keep(path, _analysed(folder)[1])


def _analysed(folder: Path) -> tuple[Summary, str]:
    """With the text of summary.json."""
    from benchkit.experiment.parent.body_parser import open_run
    from benchkit.model.outside_text import json_text
    from benchkit.report.summary_json import to_json
    from benchkit.stats.analysis import analyse

    summary = analyse(open_run(folder))
    return summary, json_text(to_json(summary))


def _keep(path: Path, text: str) -> None:
    """A folder that cannot be written to is no reason to keep the answer back."""
    from benchkit.store import write_text

    try:
        write_text(path, text)
    except StoreError as error:
        typer.echo(f"benchkit: summary.json could not be stored: {error}", err=True)


def exit_code(summary: Summary, *, strict: bool = False) -> ExitCode:
    """Interrupted before invalid before crossed: what a script must know first. `strict`: undecided counts as crossed."""
    from benchkit.model.run import RunStatus

    if summary.status == RunStatus.INTERRUPTED:
        return ExitCode.INTERRUPTED
    if not summary.valid:
        return ExitCode.INVALID_RUN
    if any(threshold.crossed or (strict and threshold.crossed is None) for threshold in summary.thresholds):
        return ExitCode.THRESHOLD_CROSSED
    return ExitCode.FINE


def _show(summary: Summary, picture: Path | None) -> None:
    from rich.console import Console

    from benchkit.report.terminal import render

    render(summary, Console())
    if picture is not None:
        from benchkit.report.picture import svg_of

        with writing(picture):
            picture.write_text(svg_of(summary), "utf-8")
