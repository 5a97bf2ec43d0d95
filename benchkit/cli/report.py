"""`benchkit report`: the answer again, from stored runs only; also from one that a crash or a kill has left behind."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchkit.cli.answer import answer


def report(
    runs: Annotated[
        list[Path] | None, typer.Argument(metavar="RUN", help="Folders of runs; without one, the newest in results/.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print each run's summary.json and nothing else.")] = False,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Save what is printed as an SVG picture too.")
    ] = None,
) -> None:
    """Read stored runs and print their answers."""
    from benchkit.store import newest_run

    for folder in runs or [newest_run(Path("results"))]:
        answer(folder, as_json=as_json, picture=picture)
