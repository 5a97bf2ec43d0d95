"""`benchkit history`: every run of a folder as a table or a page: what was sent, and where times and failures changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from benchkit.cli.files import check_suffix, writing
from benchkit.errors import InputError, Mistake

if TYPE_CHECKING:
    from benchkit.model.history import History


def history(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that holds the runs.")] = Path("results"),
    scenario: Annotated[str, typer.Option(metavar="NAME", help="Only runs of this scenario.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print all of it as JSON and nothing else.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print it as Markdown.")] = False,
    page: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write it as an HTML page, with figures.")
    ] = None,
) -> None:
    """Show all runs over time. Says what was sent by month and day, and where an arm's times or failures changed."""
    from benchkit.notebook.reading_history import read_history

    if not folder.is_dir():
        raise InputError(Mistake(str(folder), "is not a folder: name the folder that holds the runs"))
    check_suffix(page, ".html")
    found = read_history(folder, scenario)
    if page is not None:
        _write(found, page)
    elif as_json:
        _print_json(found)
    else:
        _print(found, as_markdown=as_markdown)


def _write(found: History, path: Path) -> None:
    from benchkit.report.content.history import history_page
    from benchkit.report.html import to_html

    with writing(path):
        path.write_text(to_html(history_page(found, figures=True)), "utf-8")
    typer.echo(path)


def _print_json(found: History) -> None:
    from dataclasses import asdict

    from benchkit.model.outside_text import json_text
    from benchkit.report.summary_json import plain

    typer.echo(json_text(plain({"schema": 1} | asdict(found))), nl=False)


def _print(found: History, *, as_markdown: bool) -> None:
    from benchkit.report.content.history import history_page

    page = history_page(found)
    if as_markdown:
        from benchkit.report.markdown import to_markdown

        typer.echo(to_markdown(page), nl=False)
        return
    from rich.console import Console

    from benchkit.report.terminal import render_page

    render_page(page, Console())
