"""`benchkit compare`: whether arms got slower from one run to another, or from a baseline that is run again beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from benchkit.cli.files import writing
from benchkit.cli.options_decorator import with_options
from benchkit.errors import ExitCode, InputError, Mistake

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchkit.model.run import Run
    from benchkit.model.run_comparison import RunComparison

_FORMATS = (".svg", ".png", ".pdf")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?) ?%")
Runs = list[Path] | None


@dataclass(frozen=True, slots=True)
class CompareOptions:
    baseline: Annotated[Path, typer.Argument(metavar="BASELINE", help="The folder of the earlier run.")]
    new: Annotated[
        Path | None, typer.Argument(metavar="NEW", help="The folder of the later run; left out with --rerun.")
    ] = None
    also_baseline: Annotated[
        Runs,
        typer.Option("--also-baseline", metavar="RUN", help="One more run of the baseline's kind; may be given again."),
    ] = None
    also_new: Annotated[
        Runs, typer.Option("--also-new", metavar="RUN", help="One more run of the new kind; may be given again.")
    ] = None
    rerun: Annotated[
        Path | None,
        typer.Option(
            metavar="SCENARIO", help="Run the baseline's scenario again and this one, in turn, and compare those."
        ),
    ] = None
    pairs: Annotated[int, typer.Option(min=2, help="With --rerun: runs of each.")] = 4
    out: Annotated[Path, typer.Option(metavar="DIR", help="With --rerun: where the runs' folders are made.")] = Path(
        "results"
    )
    send: Annotated[
        bool, typer.Option("--send", help="With --rerun: real mail may leave, if the scenarios allow it.")
    ] = False
    limit: Annotated[
        str | None,
        typer.Option(
            "--fail-on-regression", metavar="PERCENT", help="Exit 99 where an arm is slower by more, or fails more."
        ),
    ] = None
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison as JSON and nothing else.")] = False
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print it as Markdown.")] = False
    figure: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the last two runs over each other: .svg, .png or .pdf.")
    ] = None


@with_options(CompareOptions)
def compare(options: CompareOptions) -> None:
    """Compare two runs arm by arm. Says what got slower, and in what the runs differ."""
    limit = _limit(options.limit)
    if options.figure is not None and options.figure.suffix not in _FORMATS:
        wrong = f"has an unknown format: end the name with {', '.join(_FORMATS)}"
        raise InputError(Mistake(str(options.figure), wrong))
    before, after = _runs(options)
    comparison, unlike = _compared(before, after, limit, paired=options.rerun is not None)
    _print(comparison, unlike, options)
    if options.figure is not None:
        _draw(before[-1], after[-1], options.figure)
    if comparison.invalid or not comparison.arms:
        raise typer.Exit(ExitCode.INVALID_RUN)
    if options.limit is not None and comparison.regressions:
        raise typer.Exit(ExitCode.THRESHOLD_CROSSED)


def _limit(text: str | None) -> float:
    """Raises InputError where it is no percentage."""
    from benchkit.stats.run_comparison import LIMIT

    if text is None:
        return LIMIT
    found = _PERCENT.fullmatch(text.strip())
    if not found or not 0 < float(found[1]) < 1000:
        raise InputError(Mistake("--fail-on-regression", "must be a percentage above 0, as in 5%"))
    return float(found[1]) / 100


def _runs(options: CompareOptions) -> tuple[list[Run], list[Run]]:
    """Raises InputError where NEW and --rerun are both given, or neither."""
    from benchkit.experiment.parent.body_parser import open_run

    if (options.new is None) == (options.rerun is None):
        raise InputError(Mistake("compare", "needs a second run, or --rerun SCENARIO, and not both"))
    if options.rerun is not None:
        from benchkit.cli.rerun import run_in_turn

        found = run_in_turn(options.baseline, options.rerun, options.pairs, options.out, send=options.send)
        return [open_run(path) for path in found[0]], [open_run(path) for path in found[1]]
    assert options.new is not None
    before = [options.baseline, *(options.also_baseline or [])]
    after = [options.new, *(options.also_new or [])]
    folders = [path.resolve() for path in (*before, *after)]
    if twice := [folder for folder in folders if folders.count(folder) > 1]:
        raise InputError(Mistake(twice[0].name, "is given twice: each run counts once, and on one side"))
    return [open_run(path) for path in before], [open_run(path) for path in after]


def _compared(
    before: Sequence[Run], after: Sequence[Run], limit: float, *, paired: bool
) -> tuple[RunComparison, Sequence[str]]:
    from benchkit.report.content.run_differences import differences
    from benchkit.stats.analysis import analyse
    from benchkit.stats.run_comparison import compare_runs, measured

    sides = [[measured(run, analyse(run)) for run in side] for side in (before, after)]
    unlike = differences(before[-1].manifest, after[-1].manifest)
    return compare_runs(sides[0], sides[1], limit, paired=paired), unlike


def _print(comparison: RunComparison, unlike: Sequence[str], options: CompareOptions) -> None:
    if options.as_json:
        from benchkit.model.outside_text import json_text
        from benchkit.report.comparison_json import to_json

        typer.echo(json_text(to_json(comparison, unlike)), nl=False)
        return
    from benchkit.report.content.run_comparison import comparison_page

    page = comparison_page(comparison, unlike)
    if options.as_markdown:
        from benchkit.report.markdown import to_markdown

        typer.echo(to_markdown(page), nl=False)
        return
    from rich.console import Console

    from benchkit.report.terminal import render_page

    render_page(page, Console())


def _draw(before: Run, after: Run, path: Path) -> None:
    from benchkit.plots import overlay
    from benchkit.plots.rendering import save_figure

    with writing(path):
        save_figure(lambda figure: overlay.draw(figure, before, after), path)
    typer.echo(f"drawn in {path}", err=True)
