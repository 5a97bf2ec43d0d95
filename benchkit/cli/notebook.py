"""`benchkit notebook`: one of benchkit's notebooks, executed on a stored run, as an HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchkit.cli.files import check_suffix, writing


def notebook(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="latency, throughput, failures, decision, deliverability, audit or history."
        ),
    ],
    run: Annotated[
        Path | None,
        typer.Argument(metavar="RUN", help="The folder of a run; without one, the newest in results/ that suits."),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="The page; NAME.html by default.")] = None,
) -> None:
    """Run a notebook on a stored run, as an HTML page. Prints its path."""
    from benchkit.notebook.execution import executed
    from benchkit.store import read_manifest

    check_suffix(out, ".html")
    if run is not None:
        read_manifest(run)  # a wrong folder is reported before a kernel is started
    page, path = executed(name, run, Path.cwd()), out or Path(f"{name}.html")
    with writing(path):
        path.write_text(page, "utf-8")
    typer.echo(path)
