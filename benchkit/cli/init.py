"""`benchkit init`: a commented scenario to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchkit.cli.files import check_suffix
from benchkit.errors import InputError, Mistake


def init(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it.")] = Path("scenario.toml"),
) -> None:
    """Write a commented scenario, ready to run. An existing file is never overwritten."""
    from benchkit.scenario import starter

    check_suffix(path, ".toml")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(starter())
    except FileExistsError:
        raise InputError(
            Mistake(str(path), "exists already: name another file, as in: benchkit init mine.toml")
        ) from None
    except OSError as error:
        raise InputError(Mistake(str(path), f"cannot be written: {error.strerror}")) from None
    typer.echo(f"{path} written; try: benchkit run {path}", err=True)
