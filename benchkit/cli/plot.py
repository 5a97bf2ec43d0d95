"""`benchkit plot`: a stored run's figures as files beside it, as SVG, PNG or PDF."""

from __future__ import annotations

from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from benchkit.cli.files import writing


class PictureFormat(StrEnum):
    SVG = "svg"
    PNG = "png"
    PDF = "pdf"


def plot(
    run: Annotated[
        Path | None, typer.Argument(metavar="RUN", help="The folder of a run; without one, the newest in results/.")
    ] = None,
    figures: Annotated[
        list[str] | None,
        typer.Option("--only", "--figure", metavar="NAME", help="Only this figure; may be given again."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The folder for the figures; the run's own by default.")
    ] = None,
    picture: Annotated[PictureFormat, typer.Option("--format", help="The format of the files.")] = PictureFormat.SVG,
) -> None:
    """Draw figures of a stored run. Prints the path of each."""
    from benchkit.experiment.parent.body_parser import open_run
    from benchkit.plots import PLOTS
    from benchkit.plots.rendering import save
    from benchkit.store import newest_run, private_files

    stored = open_run(run or newest_run(Path("results")))
    folder = out or stored.path
    names = [
        name for name in figures or PLOTS.names() if PLOTS[name].suits(stored) or figures
    ]  # unknown ones raise here
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        path = folder / f"{name}.{picture}"
        with writing(path), nullcontext() if out else private_files():
            save(stored, name, path)
        typer.echo(path)
