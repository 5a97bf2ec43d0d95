"""`benchkit report`: the answer again, from stored runs only; also from one that a crash or a kill has left behind."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from benchkit.cli.files import check_suffix, writing
from benchkit.cli.options_decorator import with_options
from benchkit.errors import InputError, Mistake

if TYPE_CHECKING:
    from benchkit.model.pooled import PooledRuns
    from benchkit.model.summary import Summary


class ReportForm(StrEnum):
    SCREEN = "screen"
    JSON = "json"
    MARKDOWN = "markdown"
    CSV = "csv"
    JUNIT = "junit"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class ReportOptions:
    runs: Annotated[
        list[Path] | None, typer.Argument(metavar="RUN", help="Folders of runs; without one, the newest in results/.")
    ] = None
    as_json: Annotated[bool, typer.Option("--json", help="Print each run's summary.json and nothing else.")] = False
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print Markdown, for a pull request or a CI step's summary.")
    ] = False
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a row for each arm and condition.")] = False
    as_junit: Annotated[
        bool, typer.Option("--junit", help="Print JUnit XML: validity and thresholds, a case each.")
    ] = False
    as_html: Annotated[
        bool,
        typer.Option(
            "--html", help="Write report.html into each run's folder: one file for a decision; prints its path."
        ),
    ] = False
    open_it: Annotated[bool, typer.Option("--open", help="Open the page in a browser; goes with --html.")] = False
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where --html writes the page of one run.")] = None
    strict: Annotated[bool, typer.Option("--strict", help="JUnit: a threshold with too few messages fails.")] = False
    pooled: Annotated[
        bool,
        typer.Option("--pooled", help="Runs of one scenario: print only what they say together; also with --json."),
    ] = False
    pyperf: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write one run's blocks as a pyperf suite, in JSON.")
    ] = None
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also save the report of one run as a picture: FILE.svg.")
    ] = None


@with_options(ReportOptions)
def report(options: ReportOptions) -> None:
    """Print the answers of stored runs."""
    form = _chosen(options)
    for path, suffix in ((options.out, ".html"), (options.picture, ".svg"), (options.pyperf, ".json")):
        check_suffix(path, suffix)
    folders = _folders(options)
    if options.picture is not None and len(folders) > 1:
        raise InputError(Mistake("--picture", "shows one run: name one"))
    if options.out is not None and (form is not ReportForm.HTML or (len(folders) > 1 and not options.pooled)):
        raise InputError(Mistake("--out", "is the place of one page: name one run, or add --pooled"))
    if options.pooled:
        _pooled(folders, form, options)
        return
    if options.pyperf is not None:
        _pyperf(folders, options.pyperf)
        return
    if form in (ReportForm.SCREEN, ReportForm.JSON):
        from benchkit.cli.answer import answer

        summaries = [answer(folder, as_json=form is ReportForm.JSON, picture=options.picture) for folder in folders]
        if form is ReportForm.SCREEN:
            _show_together(summaries)
        return
    if form is ReportForm.HTML:
        for folder in folders:
            _page(folder, options)
        return
    typer.echo(_text(form, [_summary(folder) for folder in folders], strict=options.strict), nl=False)


def _pyperf(folders: list[Path], path: Path) -> None:
    """Raises InputError for several runs: a suite has one benchmark of a name."""
    from benchkit.experiment.parent.body_parser import open_run
    from benchkit.report.pyperf_suite import write_pyperf

    if len(folders) > 1:
        raise InputError(Mistake("--pyperf", "takes one run: name a file for each"))
    write_pyperf(open_run(folders[0]), path)
    typer.echo(path)


def _show_together(summaries: list[Summary]) -> None:
    """Of several runs of one scenario, below their own answers."""
    from benchkit.stats.pooling import difference_between, pool

    if len({summary.run for summary in summaries}) < len(summaries):
        return  # a run that is shown twice counts once
    if len(summaries) > 1 and not difference_between(summaries) and any(summary.valid for summary in summaries):
        _show_pooled(pool(summaries))


def _pooled(folders: list[Path], form: ReportForm, options: ReportOptions) -> None:
    """Raises InputError for one run alone, for runs of different scenarios, and for another format."""
    if (
        len(folders) < 2
        or form in (ReportForm.CSV, ReportForm.JUNIT)
        or (form is ReportForm.HTML and options.out is None)
    ):
        message = (
            "needs two or more runs of one scenario, and gives text, --json, --markdown, or --html with --out FILE"
        )
        raise InputError(Mistake("--pooled", message))
    from benchkit.stats.pooling import pool

    resolved = [folder.resolve() for folder in folders]
    if twice := [folder.name for folder in resolved if resolved.count(folder) > 1]:
        raise InputError(Mistake(twice[0], "is given twice: each run counts once"))
    pooled = pool([_summary(folder) for folder in folders])
    if form is ReportForm.SCREEN:
        _show_pooled(pooled)
    elif form is ReportForm.JSON:
        from dataclasses import asdict

        from benchkit.model.outside_text import json_text

        typer.echo(json_text(asdict(pooled)), nl=False)
    else:
        _write_pooled(pooled, options)


def _write_pooled(pooled: PooledRuns, options: ReportOptions) -> None:
    """As a page where a file is named, else as Markdown."""
    from benchkit.report.content.pooled import pooled_page

    if options.out is None:
        from benchkit.report.markdown import to_markdown

        typer.echo(to_markdown(pooled_page(pooled)), nl=False)
        return
    from benchkit.report.html import to_html

    with writing(options.out):
        options.out.write_text(to_html(pooled_page(pooled)), "utf-8")
    typer.echo(options.out)
    if options.open_it:
        typer.launch(str(options.out))


def _show_pooled(pooled: PooledRuns) -> None:
    from rich.console import Console

    from benchkit.report.content.pooled import pooled_page
    from benchkit.report.terminal import render_page

    render_page(pooled_page(pooled), Console())


def _chosen(options: ReportOptions) -> ReportForm:
    flags = {
        ReportForm.JSON: options.as_json,
        ReportForm.MARKDOWN: options.as_markdown,
        ReportForm.CSV: options.as_csv,
        ReportForm.JUNIT: options.as_junit,
        ReportForm.HTML: options.as_html or options.open_it,
    }
    return next((form for form, wanted in flags.items() if wanted), ReportForm.SCREEN)


def _page(folder: Path, options: ReportOptions) -> None:
    """Beside the run, with the run's permissions, unless a file is named."""
    from benchkit.experiment.parent.body_parser import open_run
    from benchkit.report.content.full_page import full_page
    from benchkit.report.html import to_html
    from benchkit.stats.analysis import analyse
    from benchkit.store import private_files

    run = open_run(folder)
    path = options.out or run.path / "report.html"
    with writing(path), nullcontext() if options.out else private_files():
        path.write_text(to_html(full_page(analyse(run), run)), "utf-8")
    typer.echo(path)
    if options.open_it:
        typer.launch(str(path))


def _folders(options: ReportOptions) -> list[Path]:
    from benchkit.store import newest_run

    return options.runs or [newest_run(Path("results"))]


def _summary(folder: Path) -> Summary:
    from benchkit.experiment.parent.body_parser import open_run
    from benchkit.stats.analysis import analyse

    return analyse(open_run(folder))


def _text(form: ReportForm, summaries: list[Summary], *, strict: bool) -> str:
    if form is ReportForm.CSV:
        from benchkit.report.summary_csv import to_csv

        return to_csv(summaries)
    if form is ReportForm.JUNIT:
        from benchkit.report.summary_junit import to_junit

        return to_junit(summaries, strict=strict)
    from benchkit.report.content.summary_page import page_of
    from benchkit.report.markdown import to_markdown

    return "\n".join(to_markdown(page_of(summary)) for summary in summaries)
