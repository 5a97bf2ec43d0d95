"""Files and folders that the user wants written: if one cannot be written, that is an input error in one line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EACCES
from pathlib import Path

from benchkit.errors import InputError, Mistake, reason


def check_suffix(path: Path | None, suffix: str) -> None:
    """Raises InputError where a file's name promises another format than is written; a name without a suffix promises none."""
    if path is not None and path.suffix.lower() not in ("", suffix):
        raise InputError(Mistake(str(path), f"has the wrong ending for what it will hold: end the name with {suffix}"))


def check_folder(path: Path) -> None:
    """Raises InputError where files cannot be written into the folder, or it cannot be made. Makes nothing."""
    with writing(path):
        nearest = next(each for each in (path, *path.absolute().parents) if each.exists())
        if not nearest.is_dir():
            what = "is a file" if nearest == path else f"cannot be made: {nearest} is a file"
            raise InputError(Mistake(str(path), f"{what}: name a folder"))
        if not os.access(nearest, os.W_OK | os.X_OK):
            raise PermissionError(EACCES, os.strerror(EACCES))


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Raises InputError for an OSError on the way."""
    try:
        yield
    except OSError as error:
        raise InputError(Mistake(str(path), f"cannot be written: {reason(error)}")) from None
